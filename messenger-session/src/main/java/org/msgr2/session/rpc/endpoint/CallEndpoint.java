package org.msgr2.session.rpc.endpoint;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireException;
import org.msgr2.crypto.auth.Access;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.CalleeInterceptor;
import org.msgr2.session.rpc.CallerInterceptor;
import org.msgr2.session.rpc.Calls;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.Permission;
import org.msgr2.session.rpc.Pick;
import org.msgr2.session.rpc.Resolver;
import org.msgr2.session.rpc.ServiceClient;
import org.msgr2.session.rpc.Target;
import org.msgr2.session.rpc.machine.CallEnvelope;
import org.msgr2.session.transport.Loop;

/**
 * A messenger's calls, made and answered: takes every SERVICE_CALL, on the loop on which it comes, and knows what is under way on
 * which connection. Thread-safe.
 */
public final class CallEndpoint implements Dispatcher, Calls {

    /** How peers are connected to. */
    @FunctionalInterface
    public interface Connector {
        Connection connect(EntityType type, EntityAddrVec addrs);
    }

    private final Limits limits;
    private final DialledConnections dialled;
    private final Entropy entropy;
    private final ByteBufAllocator allocator;
    private final Loop loop;
    private final Executor workers;
    private final Map<String, CalledService> services;
    private final List<CallerInterceptor> callerInterceptors;
    private final List<CalleeInterceptor> calleeInterceptors;
    private final Map<Connection, PeerCalls> peers = new ConcurrentHashMap<>();
    private final LongAdder faults = new LongAdder();
    private final AtomicInteger subscriptions = new AtomicInteger();
    private final Set<PeerGroup> groups = ConcurrentHashMap.newKeySet();
    private final CallCounters unknownService = new CallCounters(CallCounters.UNKNOWN, CallCounters.UNKNOWN);
    private final CallerCounters callerCounters;
    private volatile boolean measured;
    private volatile boolean closed;

    /**
     * @param connections every connection of the messenger
     * @param loop for deadlines
     * @param workers for callbacks of callers
     * @param services by their names
     */
    public CallEndpoint(
            Limits limits,
            Connector connector,
            Supplier<Collection<Connection>> connections,
            Entropy entropy,
            ByteBufAllocator allocator,
            Loop loop,
            Executor workers,
            Map<String, CalledService> services,
            List<CallerInterceptor> callerInterceptors,
            List<CalleeInterceptor> calleeInterceptors) {
        this.limits = limits;
        this.dialled = new DialledConnections(connector, connections);
        this.entropy = entropy;
        this.allocator = allocator;
        this.loop = loop;
        this.workers = workers;
        this.services = Map.copyOf(services);
        this.callerCounters = new CallerCounters(limits.calls().meteredMax());
        this.callerInterceptors = List.copyOf(callerInterceptors);
        this.calleeInterceptors = List.copyOf(calleeInterceptors);
    }

    Limits.Calls limits() {
        return limits.calls();
    }

    Limits.Timeouts timeouts() {
        return limits.timeouts();
    }

    boolean isClosed() {
        return closed;
    }

    /** False if there are too many already. */
    boolean startSubscription() {
        if (subscriptions.incrementAndGet() <= limits().subscriptionsMax()) {
            return true;
        }
        subscriptions.decrementAndGet();
        return false;
    }

    void subscriptionEnded() {
        subscriptions.decrementAndGet();
    }

    Entropy entropy() {
        return entropy;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    Loop loop() {
        return loop;
    }

    List<CalleeInterceptor> calleeInterceptors() {
        return calleeInterceptors;
    }

    /** On a worker; at once if there are none any more. */
    void execute(Runnable task) {
        try {
            workers.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    /** As much of a text as may be sent. */
    String cut(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // Whole characters: a cut one would not be UTF-8.
        return bytes.length <= limits().textBytesMax() ? text : text.substring(0, limits().textBytesMax() / 4);
    }

    // --- Calls

    @Override
    public ServiceClient service(String service, Connection connection) {
        return new PeerClient(this, service, Peers.of(connection), callerInterceptors, new OpenCalls());
    }

    @Override
    public ServiceClient service(String service, Resolver resolver, Pick pick) {
        PeerGroup group = new PeerGroup(this, resolver, pick);
        groups.add(group);
        return new PeerClient(this, service, group, callerInterceptors, new OpenCalls());
    }

    Connection connect(Target target, PeerGroup user) {
        return dialled.connect(target, user);
    }

    /** A client with a resolver is closed. */
    void release(PeerGroup group) {
        groups.remove(group);
        dialled.release(group);
    }

    /** The calls over that connection. */
    PeerCalls peer(Connection connection) {
        PeerCalls known = peers.get(connection);
        if (known != null) {
            return known;
        }
        PeerCalls made = new PeerCalls(this, connection);
        PeerCalls raced = peers.putIfAbsent(connection, made);
        if (raced != null) {
            return raced;
        }
        connection.closed().whenComplete((end, never) -> forget(connection, "the connection was closed"));
        if (closed) {
            made.gone("the messenger is closed");
        }
        return made;
    }

    private void forget(Connection connection, String why) {
        PeerCalls calls = peers.remove(connection);
        if (calls != null) {
            calls.gone(why);
        }
    }

    /**
     * A service takes no calls any more, and its subscriptions end.
     *
     * @return completes when all of its calls are over; at once if it has none. On any thread
     */
    public CompletionStage<Void> drain(String service) {
        CalledService called = services.get(service);
        return called == null ? CompletableFuture.completedStage(null) : called.drain();
    }

    /** Calls of that service that are not over. */
    public int underWay(String service) {
        CalledService called = services.get(service);
        return called == null ? 0 : called.underWay();
    }

    /** Every call ends. No callback follows that has not been handed to the workers when this returns. */
    public void close() {
        closed = true;
        groups.forEach(group -> group.close("the messenger is closed"));
        peers.keySet().forEach(connection -> forget(connection, "the messenger is closed"));
    }

    /** Connections that were closed because the peer broke the protocol of calls. */
    public long faults() {
        return faults.sum();
    }

    void faulted() {
        faults.increment();
    }

    // --- Dispatching

    @Override
    public boolean canFastDispatch(int messageType) {
        return messageType == MessageType.SERVICE_CALL.code();
    }

    @Override
    public void fastDispatch(Connection connection, Message message) {
        peer(connection).received(message);
    }

    @Override
    public void onFastEvent(Connection connection, SessionEvent event) {
        PeerCalls calls = peers.get(connection);
        if (calls != null) {
            calls.event(event);
        }
        for (PeerGroup group : groups) {
            group.event(connection, event);
        }
    }

    // --- Admission

    /**
     * A peer's call, if it may begin; refused otherwise. Within a step.
     *
     * @param payload borrowed
     * @throws WireException if the peer does not read what it is answered
     */
    @Nullable CalleeCall<?, ?> admit(PeerCalls peer, long id, CallEnvelope.Request request, ByteBuf payload)
            throws WireException {
        CalledService service = services.get(request.service());
        if (service == null) {
            String text = "no service '" + printable(request.service()) + "' takes calls";
            peer.refuse(id, request, CallStatus.UNKNOWN_SERVICE, text);
            return null;
        }
        CallHandler.Binding<?, ?> binding = service.handler().binding(request.method());
        if (binding == null) {
            String text = "service '" + service.name() + "' has no method '" + printable(request.method()) + "'";
            peer.refuse(id, request, CallStatus.UNKNOWN_METHOD, text);
            return null;
        }
        Method<?, ?> method = binding.method();
        if (request.shape() != shapeBits(method.shape())) {
            peer.refuse(id, request, CallStatus.INVALID, "method '" + method.name() + "' is " + method.shape());
            return null;
        }
        String missing = missing(peer.connection(), service.name(), method);
        if (missing != null) {
            peer.refuse(id, request, CallStatus.PERMISSION_DENIED, missing);
            return null;
        }
        CalleeCall<?, ?> call = new CalleeCall<>(this, peer, service, binding, request, payload.retainedSlice());
        if (!service.begun(call)) {
            call.discard();
            String text = service.lane().refuseWhileDraining().text();
            peer.refuse(id, request, CallStatus.UNAVAILABLE, text);
            return null;
        }
        service.counters(method.name()).begin();
        return call;
    }

    /** Of the method that is called, if there is one. */
    CallCounters calleeCounters(CallEnvelope.Request request) {
        CalledService service = services.get(request.service());
        return service == null ? unknownService : service.counters(request.method());
    }

    /** Of all methods that can be called, and of those that cannot. */
    List<CallCounters> calleeCounters() {
        List<CallCounters> all = new ArrayList<>();
        services.values().forEach(service -> all.addAll(service.allCounters()));
        all.add(unknownService);
        return all;
    }

    CallerCounters callerCounters() {
        return callerCounters;
    }

    /** From now on, how long calls take. */
    void measure() {
        measured = true;
    }

    /** A call has ended: counts it, and its time, if that is wanted. */
    void count(CallCounters counters, CallStatus how, long startNs) {
        counters.end(how);
        if (measured) {
            counters.took(loop.nanoTime() - startNs);
        }
    }

    static int shapeBits(Method.Shape shape) {
        return (shape.callerStreams() ? CallEnvelope.CALLER_STREAMS : 0)
                | (shape.calleeStreams() ? CallEnvelope.CALLEE_STREAMS : 0)
                | (shape == Method.Shape.SUBSCRIPTION ? CallEnvelope.SUBSCRIBES : 0);
    }

    /** What a peer has made up, for a text. */
    private static String printable(String name) {
        return name.replaceAll("[^\\x20-\\x7e]", "?");
    }

    static PeerIdentity identity(Connection connection) {
        ConnectionInfo info = connection.info();
        return info != null
                ? info.identity()
                : new PeerIdentity(AuthMethod.NONE, new EntityName(connection.peerType(), "?"), 0);
    }

    /** What the caller lacks; null if nothing. */
    private static @Nullable String missing(Connection connection, String service, Method<?, ?> method) {
        Permission permission = method.permission();
        Access access = permission.access();
        if (access == null) {
            return null;
        }
        PeerIdentity caller = identity(connection);
        boolean allowed = caller.capabilities().allows(service, access, (key, value) -> permission.qualified());
        return allowed ? null : missing(caller, service, method.name(), access);
    }

    static String missing(PeerIdentity caller, String service, String method, Access access) {
        return caller.name() + (caller.authenticated() ? "" : ", who has not authenticated,") + " lacks the capability "
                + service + "='allow " + access.letter() + "' for '" + method + "'";
    }
}
