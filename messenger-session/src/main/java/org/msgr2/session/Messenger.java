package org.msgr2.session;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.crypto.tls.TlsTrust;
import org.msgr2.session.dispatch.DispatcherChain;
import org.msgr2.session.dispatch.ServiceLane;
import org.msgr2.session.dispatch.ServiceLanes;
import org.msgr2.session.driver.Node;
import org.msgr2.session.driver.NodeMeters;
import org.msgr2.session.metrics.MeterGroup;
import org.msgr2.session.netty.NettyTransport;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.rpc.CalleeInterceptor;
import org.msgr2.session.rpc.CallerInterceptor;
import org.msgr2.session.rpc.Calls;
import org.msgr2.session.rpc.endpoint.CallEndpoint;
import org.msgr2.session.rpc.endpoint.CallMeters;
import org.msgr2.session.rpc.endpoint.CalledService;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: dials peers, listens for them, hosts services. Thread-safe.
 *
 * <pre>{@code
 * try (Messenger messenger = Messenger.builder("client.me").dispatcher(replies).build()) {
 *     Connection connection = messenger.connect(EntityType.OSD, EntityAddr.parse("v2:127.0.0.1:3400"));
 *     connection.send(Message.builder(MessageType.ECHO).front(bytes).build());
 * }
 * }</pre>
 */
public final class Messenger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Messenger.class);

    private static final String MARKED_DOWN = "marked down by the application";

    private final MessengerConfig config;
    private final Transport transport;
    private final Transport dialer;
    private final Executor workers;
    private final @Nullable ExecutorService ownWorkers;
    private final boolean ownTransport;
    private final List<Service> services;
    private final ServiceLanes lanes;
    private final Map<String, HostContext> contexts = new LinkedHashMap<>();
    private final List<Service> started = new CopyOnWriteArrayList<>();
    private final Node node;
    private final CallEndpoint calls;
    private final Endpoints endpoints;
    private final List<MeterGroup> meters = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private Messenger(Builder builder) {
        config = builder.config();
        services = List.copyOf(builder.services.values());
        ownTransport = builder.transport == null;
        transport = builder.transport == null ? new NettyTransport(builder.allocator) : builder.transport;
        dialer = builder.tls == null ? transport : securedDialer(builder.tls);
        ownWorkers = builder.workerPool == null ? newWorkers(config.workers()) : null;
        workers = ownWorkers != null ? ownWorkers : builder.workerPool();
        List<ServiceLane> hosted = services.stream()
                .map(service -> new ServiceLane(service, builder.optionsOf(service), builder.workerPool))
                .toList();
        lanes = new ServiceLanes(hosted, !builder.dispatchers.isEmpty());
        calls = new CallEndpoint(
                config.limits(),
                this::connect,
                this::connections,
                config.entropy(),
                builder.allocator,
                transport.loop(0),
                workers,
                calledServices(),
                builder.callerInterceptors,
                builder.calleeInterceptors);
        List<Dispatcher> chain = new ArrayList<>(builder.dispatchers);
        chain.add(calls);
        chain.add(new ServiceDispatcher(lanes));
        if (config.allowWeakSecureMode()) {
            LOG.warn("INSECURE: secure mode is allowed with peers of msgr2.0, where it is weak");
        }
        node = new Node(config, transport, new DispatcherChain(chain), lanes, workers, builder.allocator);
        endpoints = new Endpoints(node);
        MeterRegistry registry = builder.meters == null ? new CompositeMeterRegistry() : builder.meters;
        for (ServiceLane lane : lanes.all()) {
            contexts.put(lane.name(), new HostContext(this, lane, transport::sockets, builder.allocator, registry));
        }
    }

    private void registerMeters(MeterRegistry registry) {
        meters.add(NodeMeters.register(node, registry));
        meters.add(ServiceMeters.register(config.name(), lanes.all(), registry));
        meters.add(CallMeters.register(config.name(), calls, registry));
    }

    private Map<String, CalledService> calledServices() {
        Map<String, CalledService> called = new LinkedHashMap<>();
        for (ServiceLane lane : lanes.all()) {
            CallHandler handler = lane.service().calls();
            if (handler != null) {
                called.put(lane.name(), new CalledService(handler, lane));
            }
        }
        return called;
    }

    private static ExecutorService newWorkers(int threads) {
        return Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "msgr2-worker");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @param name our own entity, as {@code client.me} */
    public static Builder builder(String name) {
        return new Builder(EntityName.parse(name));
    }

    private void startServices() {
        for (Service service : services) {
            try {
                service.start(contextOf(service));
            } catch (IOException e) {
                throw new UncheckedIOException("service '" + service.name() + "' does not start: " + e.getMessage(), e);
            }
            started.add(service);
        }
    }

    private HostContext contextOf(Service service) {
        return Objects.requireNonNull(contexts.get(service.name()));
    }

    private static void stop(Service service) {
        try {
            service.stop();
        } catch (RuntimeException e) {
            LOG.error("service {} did not stop cleanly", service.name(), e);
        }
    }

    /**
     * Listens for peers.
     *
     * @param addr where; port 0 is any free one
     * @return where, with the real port: what peers dial
     * @throws IOException with a message for a user: the port is in use, the address is not ours
     */
    public EntityAddr bind(EntityAddr addr) throws IOException {
        return endpoints.bind(addr, transport, node.addresses(), dialer);
    }

    /**
     * Listens for peers that come with TLS, beside any other listener. Ceph's programs cannot use such a port.
     *
     * @param addr as for {@link #bind}
     * @param tls with a private key and a certificate
     * @return as for {@link #bind}
     * @throws IOException also if the context has no private key
     * @throws UnsupportedOperationException if the transport has no TLS
     */
    public EntityAddr bindTls(EntityAddr addr, TlsContext tls) throws IOException {
        // Without TLS for dialling, a session that came with TLS waits for its peer rather than go on in the open.
        Transport back = dialer.equals(transport) ? null : dialer;
        EntityAddr bound = endpoints.bind(addr, transport.secured(tls), node.tlsAddresses(), back);
        LOG.info("{} is inside TLS: {}", bound, tls.description());
        return bound;
    }

    private Transport securedDialer(TlsContext tls) {
        Transport secured = transport.secured(tls);
        if (tls.config().trust() instanceof TlsTrust.Anyone) {
            LOG.warn("INSECURE: TLS without a look at the peers' certificates, for development only");
        }
        return secured;
    }

    /**
     * Becomes another node to its peers: listens on other ports, each address under a nonce that is 1,000,000 higher, and ends
     * every connection with a {@link SessionEvent.Reset}. Peers that knew the old addresses find nobody there. One that listens
     * nowhere changes its nonce only.
     *
     * @param avoidedPorts not to be taken, nor are those of now
     * @return {@link #addresses}, as they are now
     * @throws IOException if there is no other port to be had, or the messenger is closed; then nothing has changed
     */
    public EntityAddrVec rebind(Set<Integer> avoidedPorts) throws IOException {
        endpoints.rebind(avoidedPorts);
        node.resetAll("we are another node now, at " + addresses());
        return addresses();
    }

    /**
     * The connection to a peer: the one that exists, or a new one, which begins to dial at once and goes on until it is ready
     * or closed. At an address of our own that is a connection to ourselves: what is sent comes to our own dispatchers, and
     * nothing leaves the process. Where the one before is closed and still sends its rest, the new one begins to dial when that
     * has ended, which takes {@code Limits.Timeouts.close} at most.
     *
     * @param type what the peer has to be; {@link EntityType#ANY} takes any
     * @param addr a v2 address, with the peer's nonce
     * @throws IllegalArgumentException if it is no such address, or our own and we are not of that type
     */
    public Connection connect(EntityType type, EntityAddr addr) {
        return connect(type, addr, dialer);
    }

    /**
     * The same with TLS, whatever {@link Builder#tls} says.
     *
     * @throws IllegalStateException if there is a connection to that address without TLS, or with another context
     * @throws UnsupportedOperationException if the transport has no TLS
     */
    public Connection connect(EntityType type, EntityAddr addr, TlsContext tls) {
        return connect(type, addr, securedDialer(tls));
    }

    private Connection connect(EntityType type, EntityAddr addr, Transport network) {
        return connect(type, EntityAddrVec.of(addr), network);
    }

    private Connection connect(EntityType type, EntityAddrVec peer, Transport network) {
        requireDialable(peer);
        return node.connect(type, peer, network);
    }

    private void requireDialable(EntityAddrVec peer) {
        EntityAddr addr = peer.msgr2().type() == EntityAddr.Type.MSGR2 ? peer.msgr2() : peer.first();
        if (addr.type() != EntityAddr.Type.MSGR2 || addr.isBlankIp() || addr.port() == 0) {
            throw new IllegalArgumentException("cannot connect to " + addr + ": not a v2 address with IP and port");
        }
        if (closed.get()) {
            throw new IllegalStateException("the messenger is closed");
        }
    }

    /**
     * A connection of its own to a peer: each call makes a new one, which nobody else gets, and which no connection of the
     * peer's takes over. It is lossy, whatever the policy for that type says, since a session that outlives its connection is
     * known by the addresses of its ends. A peer whose policy registers its clients by their addresses lets only the newest live.
     *
     * @param addrs as for {@link #connect(EntityType, EntityAddrVec)}
     */
    public Connection connectAnonymously(EntityType type, EntityAddrVec addrs) {
        requireDialable(addrs);
        return node.connectAnonymously(type, addrs, dialer);
    }

    /** Ends the connection to that peer at once, with a {@link SessionEvent.Reset}; does nothing if there is none. */
    public void markDown(EntityAddrVec peer) {
        node.reset(peer, MARKED_DOWN);
    }

    /** Ends every connection at once, each with a {@link SessionEvent.Reset}. */
    public void markDownAll() {
        node.resetAll(MARKED_DOWN);
    }

    /** The same by all addresses of a peer: the first v2 one is dialled. */
    public Connection connect(EntityType type, EntityAddrVec addrs) {
        return connect(type, addrs, dialer);
    }

    /** Calls of services by name, at peers and at ourselves. */
    public Calls calls() {
        return calls;
    }

    /** Every connection that lives, dialled and accepted. */
    public Collection<Connection> connections() {
        return List.copyOf(node.connections());
    }

    /** The same with all that is known of each from outside, in no order. For those who look after a node. */
    public List<ConnectionListing> listConnections() {
        return node.listing();
    }

    /**
     * The addresses that we tell peers: those that are bound, or the one that a peer has told us. Those with TLS come last; they
     * are told to peers that come with TLS, and the others to the others.
     */
    public EntityAddrVec addresses() {
        List<EntityAddr> all = new ArrayList<>(node.addresses().current().addrs());
        all.addAll(node.tlsAddresses().current().addrs());
        return new EntityAddrVec(all);
    }

    public MessengerStats stats() {
        return node.stats();
    }

    public MessengerConfig config() {
        return config;
    }

    /**
     * An event loop, for the timers of what lives with this messenger. A task on it must not block: connections share it. It
     * accepts none after the messenger is closed, unless the transport is the caller's.
     */
    public Loop loop() {
        return transport.loop(0);
    }

    /** Where dispatch that is not fast runs; for callbacks to the application that a timer brings about. */
    public Executor workers() {
        return workers;
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return closed.get();
    }

    /** For logs: how bytes travel. */
    public String transportName() {
        return transport.name();
    }

    /** How each service is, by its name. */
    public Map<String, Health> health() {
        Map<String, Health> all = new LinkedHashMap<>();
        for (Service service : services) {
            all.put(service.name(), healthOf(service));
        }
        return all;
    }

    private static Health healthOf(Service service) {
        try {
            return service.health();
        } catch (RuntimeException e) {
            LOG.error("service {} cannot say how it is", service.name(), e);
            return Health.failing("cannot say how it is: " + e);
        }
    }

    /** What each service has done, by its name. */
    public Map<String, ServiceStats> serviceStats() {
        Map<String, ServiceStats> all = new LinkedHashMap<>();
        lanes.all().forEach(lane -> all.put(lane.name(), lane.stats()));
        return all;
    }

    /**
     * Lets what is under way end, before {@link #close}: no session begins any more, and no call, which is refused as {@code
     * UNAVAILABLE}; sessions that are there go on, and may come back; every service is told to {@link Service#drain drain}.
     * Subscriptions of our services are ended, as {@code DRAINING}; other calls are waited for: streams, and those that are
     * answered later, until the connection has their last. Does not block.
     *
     * @param deadline for all of them; one with a shorter one of its own has that
     * @return completes when all have drained, or the deadline is over; never exceptionally
     */
    public CompletionStage<DrainReport> drain(Duration deadline) {
        node.stopAccepting();
        return new Draining(lanes.all(), calls, loop()).begin(deadline);
    }

    /**
     * Accepts no more, sends what is queued, closes every connection, stops the services. Blocks until then, at most thrice {@code
     * Limits.Timeouts.close} and a little: for connections, dispatchers and services. No callback runs after it returns. Must not be called from a callback.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        node.stopAccepting();
        endpoints.close();
        CompletableFuture<?>[] ends = node.connections().stream()
                .map(connection -> connection.close().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        Duration wait = config.limits().timeouts().close().plusSeconds(1);
        try {
            CompletableFuture.allOf(ends)
                    .orTimeout(wait.toMillis(), TimeUnit.MILLISECONDS)
                    .exceptionally(late -> null)
                    .join();
        } finally {
            node.connections().forEach(Connection::markDown);
            calls.close();
            contexts.values().forEach(HostContext::closeFrontEnds);
            if (ownTransport) {
                transport.close();
            }
            lanes.all().forEach(ServiceLane::shutDown);
            stopWorkers();
            stopLanes();
            started.forEach(Messenger::stop);
            contexts.values().forEach(HostContext::closeMeters);
            meters.forEach(MeterGroup::close);
        }
    }

    private void stopLanes() {
        long deadlineNs = System.nanoTime() + config.limits().timeouts().close().toNanos();
        for (ServiceLane lane : lanes.all()) {
            lane.awaitEnd(Duration.ofNanos(Math.max(0, deadlineNs - System.nanoTime())));
        }
    }

    private void stopWorkers() {
        if (ownWorkers == null) {
            return;
        }
        ownWorkers.shutdown();
        try {
            if (!ownWorkers.awaitTermination(config.limits().timeouts().close().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("a dispatcher is still at work; closing without it");
                ownWorkers.shutdownNow();
            }
        } catch (InterruptedException e) {
            ownWorkers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** What a messenger is made of; everything but the name has a default. Not thread-safe. */
    public static final class Builder {
        private final EntityName name;
        private final List<Dispatcher> dispatchers = new ArrayList<>();
        private static final Pattern SERVICE_NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

        private final Map<String, Service> services = new LinkedHashMap<>();
        private final Map<String, ServiceOptions> serviceOptions = new HashMap<>();
        private final List<CallerInterceptor> callerInterceptors = new ArrayList<>();
        private final List<CalleeInterceptor> calleeInterceptors = new ArrayList<>();
        private Function<EntityName, AuthProvider> auth = NoneAuth::new;
        private Policy dialPolicy = Policy.lossyClient();
        private AcceptPolicy acceptPolicy = new Policies.Always(Policy.statelessServer());
        private final Map<EntityType, Policy> dialByType = new EnumMap<>(EntityType.class);
        private final Map<EntityType, Policy> acceptByType = new EnumMap<>(EntityType.class);
        private BannerFeatures bannerSupported = BannerFeatures.REVISION_1;
        private BannerFeatures bannerRequired = BannerFeatures.NONE;
        private boolean allowWeakSecureMode;
        private Limits limits = Limits.defaults();
        private Duration keepaliveInterval = Duration.ZERO;
        private int workers = Math.max(2, Runtime.getRuntime().availableProcessors());
        private InstantSource clock = InstantSource.system();
        private Entropy entropy = new SecureRandom()::nextBytes;
        private ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
        private @Nullable Transport transport;
        private @Nullable TlsContext tls;
        private @Nullable Executor workerPool;
        private HandshakeListener handshakes = ended -> {};
        private @Nullable FrameObserver frameObserver;
        private @Nullable MeterRegistry meters;

        private Builder(EntityName name) {
            this.name = name;
        }

        /** Adds a dispatcher behind those that were added before. All are asked before the services. */
        public Builder dispatcher(Dispatcher dispatcher) {
            dispatchers.add(dispatcher);
            return this;
        }

        /** Adds a service, with what the limits say that it may use. */
        public Builder service(Service service) {
            if (!SERVICE_NAME.matcher(service.name()).matches()) {
                throw new IllegalArgumentException("no service can be named '" + service.name()
                        + "': it takes a lower case letter, then such letters, digits and '-', at most 32 in all");
            }
            if (services.putIfAbsent(service.name(), service) != null) {
                throw new IllegalArgumentException("two services are named '" + service.name() + "'");
            }
            return this;
        }

        /** Adds a service, with what it may use and what it is configured with. */
        public Builder service(Service service, ServiceOptions options) {
            service(service);
            serviceOptions.put(service.name(), options);
            return this;
        }

        private ServiceOptions optionsOf(Service service) {
            ServiceOptions given = serviceOptions.get(service.name());
            return given == null ? ServiceOptions.of(limits) : given;
        }

        /** Sees every call that this messenger makes, behind those that were added before. */
        public Builder callerInterceptor(CallerInterceptor interceptor) {
            callerInterceptors.add(interceptor);
            return this;
        }

        /** Sees every call that this messenger's services get, behind those that were added before. */
        public Builder calleeInterceptor(CalleeInterceptor interceptor) {
            calleeInterceptors.add(interceptor);
            return this;
        }

        /** How peers are authenticated, made for our own name; without, they are not. */
        public Builder auth(Function<EntityName, AuthProvider> provider) {
            auth = provider;
            return this;
        }

        /** For connections that we dial: any policy but a server's. A lossy client's unless told otherwise. */
        public Builder dialPolicy(Policy policy) {
            dialPolicy = requireDials(policy);
            return this;
        }

        /** For connections that we dial to nodes of that type, instead of the general one. */
        public Builder dialPolicy(EntityType type, Policy policy) {
            dialByType.put(requireNode(type), requireDials(policy));
            return this;
        }

        /** For connections that we accept: a server's, or a lossless peer's. A stateless server's unless told otherwise. */
        public Builder acceptPolicy(Policy policy) {
            return acceptPolicy(new Policies.Always(requireAccepts(policy)));
        }

        /** For connections that we accept from nodes of that type, instead of the general one. */
        public Builder acceptPolicy(EntityType type, Policy policy) {
            acceptByType.put(requireNode(type), requireAccepts(policy));
            return this;
        }

        /** For connections that we accept: the general policy is chosen for each. */
        public Builder acceptPolicy(AcceptPolicy choice) {
            acceptPolicy = choice;
            return this;
        }

        private static Policy requireDials(Policy policy) {
            if (policy.server()) {
                throw new IllegalArgumentException("policy " + policy.name() + " never dials");
            }
            return policy;
        }

        private static Policy requireAccepts(Policy policy) {
            if (!policy.accepts()) {
                throw new IllegalArgumentException("policy " + policy.name() + " is for dialling");
            }
            return policy;
        }

        private static EntityType requireNode(EntityType type) {
            if (!type.isNode()) {
                throw new IllegalArgumentException("no node is of type " + type);
            }
            return type;
        }

        /** What our banner offers, and what a peer's has to offer. Without REVISION_1 we speak msgr2.0. */
        public Builder bannerFeatures(BannerFeatures supported, BannerFeatures required) {
            if (!BannerFeatures.REVISION_1.containsAll(supported) || !supported.containsAll(required)) {
                throw new IllegalArgumentException(
                        "banner features " + supported + ", required " + required + ": only REVISION_1 is available");
            }
            bannerSupported = supported;
            bannerRequired = required;
            return this;
        }

        /**
         * Secure mode with peers that speak msgr2.0, of before Ceph 14.2.11 and 15.2.5, too. Off unless asked for: a connection
         * that would need it is refused. It is weak: lengths are believed before their proof has come, and a connection's
         * nonces are used up after 2^32 frames. It is better than crc mode, and worse than an upgrade of the peer.
         */
        public Builder allowWeakSecureMode(boolean allowed) {
            allowWeakSecureMode = allowed;
            return this;
        }

        public Builder limits(Limits bounds) {
            limits = bounds;
            return this;
        }

        /** How often a ready connection asks for a sign of life; never by default. */
        public Builder keepaliveInterval(Duration interval) {
            keepaliveInterval = interval;
            return this;
        }

        /** Threads for dispatch that is not fast. */
        public Builder workers(int threads) {
            workers = threads;
            return this;
        }

        /** Where dispatch that is not fast runs, instead of threads of our own. It stays the caller's. */
        public Builder workerPool(Executor pool) {
            workerPool = pool;
            return this;
        }

        /** How bytes travel, instead of TCP by Netty. It stays the caller's to close, after the messenger. */
        public Builder transport(Transport network) {
            transport = network;
            return this;
        }

        /** Hears of connections of peers that did not become sessions of their own; nobody does by default. */
        public Builder handshakeListener(HandshakeListener listener) {
            handshakes = listener;
            return this;
        }

        /** Every connection that we dial is inside TLS; without, none is unless it is asked for one by one. */
        public Builder tls(TlsContext context) {
            tls = context;
            return this;
        }

        /** For every buffer. */
        public Builder allocator(ByteBufAllocator buffers) {
            allocator = buffers;
            return this;
        }

        public Builder clock(InstantSource wallClock) {
            clock = wallClock;
            return this;
        }

        /** A CSPRNG unless the node is a simulated one. */
        public Builder entropy(Entropy source) {
            entropy = source;
            return this;
        }

        /** Sees every frame of every connection go by; nobody does by default. */
        public Builder frameObserver(FrameObserver observer) {
            frameObserver = observer;
            return this;
        }

        /**
         * Where the messenger and its services register their meters until it is closed; docs/guide/metrics.md lists those of
         * the messenger. There are none otherwise, and no time is measured. They bear our own name as the tag {@code entity}:
         * two messengers of one name need two registries, or {@link #build} throws an IllegalArgumentException. The registry
         * stays the caller's.
         */
        public Builder meters(MeterRegistry registry) {
            meters = registry;
            return this;
        }

        private Executor workerPool() {
            if (workerPool == null) {
                throw new IllegalStateException("no worker pool was given");
            }
            return workerPool;
        }

        private MessengerConfig config() {
            return new MessengerConfig(
                    name,
                    auth.apply(name),
                    new Policies(dialPolicy, dialByType, acceptPolicy, acceptByType),
                    bannerSupported,
                    bannerRequired,
                    allowWeakSecureMode,
                    limits,
                    keepaliveInterval,
                    workers,
                    clock,
                    entropy,
                    handshakes,
                    frameObserver);
        }

        /**
         * Starts the services, and the messenger with them.
         *
         * @throws UncheckedIOException if a service cannot start, with a message for a user
         */
        public Messenger build() {
            Messenger messenger = new Messenger(this);
            try {
                if (meters != null) {
                    messenger.registerMeters(meters);
                }
                messenger.startServices();
            } catch (RuntimeException e) {
                messenger.close();
                throw e;
            }
            return messenger;
        }
    }
}
