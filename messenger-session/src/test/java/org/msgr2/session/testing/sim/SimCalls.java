package org.msgr2.session.testing.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.Service;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.CalleeInterceptor;
import org.msgr2.session.rpc.CallerInterceptor;
import org.msgr2.session.rpc.Codec;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.Pick;
import org.msgr2.session.rpc.Resolver;
import org.msgr2.session.rpc.ServiceClient;
import org.msgr2.session.rpc.Target;

/**
 * What nodes do that call each other instead of sending messages: a service on each of them, calls with one answer, streams
 * and subscriptions, and what has to be true of all of them. Not thread-safe.
 */
final class SimCalls {
    static final Method<String, String> WORK =
            Method.unary("work", Codec.utf8(), Codec.utf8()).open();
    static final Method<String, String> TALK =
            Method.bidirectional("talk", Codec.utf8(), Codec.utf8()).open();
    static final Method<String, String> WATCH =
            Method.subscription("watch", Codec.utf8(), Codec.utf8()).open();

    /** Metadata: which call it is. */
    static final String ID = "id";
    /** Metadata: what an interceptor has added. */
    private static final String BY = "by";

    private static final String SERVICE = "sim";
    private static final long WORK_MAX_NS = 200 * SimTime.MS;
    private static final long CANCEL_MAX_NS = 2 * SimTime.SECOND;
    private static final long MESSAGE_BYTES_MAX = 4_096;

    /** An interceptor's view of one call at its callee. */
    private static final class Intercepted {
        private final SimNode callee;
        private final int incarnation;
        private int ends;

        Intercepted(SimNode callee) {
            this.callee = callee;
            this.incarnation = callee.incarnation();
        }

        boolean isAlive() {
            return callee.isAlive() && callee.incarnation() == incarnation;
        }
    }

    /** After all: one call in each direction, as often as it takes until it is answered. */
    private final class FinalCall {
        private final SimNode from;
        private final SimNode to;
        private final boolean dials;
        private @Nullable SimCall last;

        FinalCall(SimNode from, SimNode to, boolean dials) {
            this.from = from;
            this.to = to;
            this.dials = dials;
        }

        boolean isDone() {
            SimCall asked = last;
            if (asked != null && (!asked.hasEnded() || asked.status() == CallStatus.OK)) {
                return asked.status() == CallStatus.OK;
            }
            SimChannel over = dials ? from.dial(to) : from.openTo(to.number());
            if (over != null) {
                last = call(from, over, SimCall.Kind.ANSWERS, Duration.ofSeconds(20));
            }
            return false;
        }
    }

    private final Simulation world;
    private final SimRandom random;
    private final Limits limits;
    /** Of the first node, which may let in less than the others send. */
    private final Limits first;

    private final List<SimLedger> ledgers = new ArrayList<>();
    private final List<SimWatch> watches = new ArrayList<>();
    private final List<Intercepted> intercepted = new ArrayList<>();
    private final List<FinalCall> finals = new ArrayList<>();
    private final Map<Integer, SimJournal> journals = new HashMap<>();
    private final SimTotals totals;
    private boolean closed;

    SimCalls(Simulation world, SimRandom random, SimTotals totals) {
        this.world = world;
        this.random = random;
        this.totals = totals;
        Limits.Calls calls = world.options().limits().calls();
        if (random.oneIn(4)) {
            calls = calls.withCallsMax(random.between(2, 30));
        }
        if (random.oneIn(2)) {
            calls = calls.withWindow(random.between(1, 20), random.between(1, 400));
        }
        limits = world.options().limits().withCalls(calls);
        first = random.oneIn(4) ? limits.withCalls(calls.withCallsMax(random.between(2, 5))) : limits;
    }

    Limits limits(SimNode node) {
        return node.number() == 1 ? first : limits;
    }

    // --- Processes

    /** A process is about to begin. */
    void install(SimNode node, Messenger.Builder builder) {
        CallHandler handler = CallHandler.builder()
                .async(WORK, (context, text) -> ledger(context, SimCall.class).handle(node, context, text))
                .bidirectional(
                        TALK,
                        (context, from, to) -> ledger(context, SimTalk.class).handle(node, context, from, to))
                .subscription(
                        WATCH, (context, text, token, items) -> journal(node).begin(context, token, items))
                .build();
        builder.service(new Service() {
                    @Override
                    public String name() {
                        return SERVICE;
                    }

                    @Override
                    public CallHandler calls() {
                        return handler;
                    }
                })
                .callerInterceptor(new AtCaller(node))
                .calleeInterceptor(new AtCallee(node));
    }

    /** A process has begun: it subscribes to those whom it dials; where one before it has stopped, or from the beginning. */
    void started(SimNode node) {
        for (SimNode peer : world.nodes()) {
            if (world.dials(node, peer)) {
                SimJournal of = journal(peer);
                int heard = watches.stream()
                        .filter(watch -> watch.subscriber().number() == node.number() && watch.journal() == of)
                        .mapToInt(SimWatch::next)
                        .max()
                        .orElse(0);
                SimWatch watch = new SimWatch(world, node, of, random.oneIn(2) ? heard : 0);
                watches.add(watch);
                watch.begin(client(node, peer));
            }
        }
    }

    private SimJournal journal(SimNode node) {
        return journals.computeIfAbsent(node.number(), number -> new SimJournal(world, node));
    }

    /** That finds a peer again wherever it is. */
    private static ServiceClient client(SimNode node, SimNode peer) {
        Resolver resolver = () ->
                CompletableFuture.completedFuture(List.of(Target.of(peer.name().type(), peer.addr())));
        return node.messenger().calls().service(SERVICE, resolver, Pick.FIRST);
    }

    // --- What happens on purpose

    /** A node has something to say over a connection. */
    void talk(SimNode from, SimChannel over, int count) {
        ServiceClient client = from.messenger().calls().service(SERVICE, over.connection());
        for (int i = 0; i < count; i++) {
            int kind = random.below(20);
            if (kind < 13) {
                SimCall.Kind does =
                        kind < 9 ? SimCall.Kind.ANSWERS : kind < 10 ? SimCall.Kind.FAILS : SimCall.Kind.HANGS;
                SimCall call = call(from, over, does, within());
                if (random.oneIn(5)) {
                    from.later(random.between(0, CANCEL_MAX_NS), call::cancel);
                }
            } else if (kind < 15) {
                SimTalk talk = new SimTalk(
                        world,
                        ledgers.size(),
                        from,
                        over.receiver(),
                        random,
                        random.below(60),
                        random.oneIn(2),
                        random.oneIn(2) ? random.between(1, 10) : limits.calls().windowItems(),
                        limits.calls().windowItems());
                ledgers.add(talk);
                talk.begin(client);
                if (random.oneIn(6)) {
                    from.later(random.between(0, CANCEL_MAX_NS), talk::close);
                }
            } else {
                journal(random.oneIn(2) ? from : peer(over)).publish(random.magnitude(random.oneIn(8) ? 7 : 3));
            }
        }
    }

    private SimNode peer(SimChannel over) {
        SimNode peer = world.node(over.receiver());
        return peer == null ? over.sender() : peer;
    }

    private @Nullable Duration within() {
        return switch (random.below(4)) {
            case 0 -> null;
            case 1 -> Duration.ofNanos(random.between(SimTime.MS, 50 * SimTime.MS));
            case 2 -> Duration.ofNanos(random.between(50 * SimTime.MS, 3 * SimTime.SECOND));
            default -> Duration.ofNanos(random.between(3 * SimTime.SECOND, 60 * SimTime.SECOND));
        };
    }

    private SimCall call(SimNode from, SimChannel over, SimCall.Kind kind, @Nullable Duration within) {
        long withinNs = (within == null ? limits.calls().deadline() : within).toNanos();
        SimCall call = new SimCall(
                world, ledgers.size(), from, over.receiver(), withinNs, kind, random.between(0, WORK_MAX_NS));
        ledgers.add(call);
        world.trace()
                .add(from.number(), () -> "calls: " + call + " " + kind + " within " + withinNs / SimTime.MS + " ms");
        call.begin(from.messenger().calls().service(SERVICE, over.connection()), within);
        return call;
    }

    // --- What is told

    private final class AtCaller implements CallerInterceptor {
        private final SimNode node;

        AtCaller(SimNode node) {
            this.node = node;
        }

        @Override
        public CallOptions starting(String service, Method<?, ?> method, CallOptions options) {
            return options.withMetadata(BY, node.toString());
        }

        @Override
        public void ended(String service, Method<?, ?> method, CallOptions options, @Nullable CallException failure) {
            String id = options.metadata().get(ID);
            if (!node.toString().equals(options.metadata().get(BY))) {
                world.violated("an interceptor of " + node + " is told of another's call: " + options.metadata());
            } else if (id != null) {
                ledgers.get(Integer.parseInt(id)).ended(failure);
            }
        }
    }

    private final class AtCallee implements CalleeInterceptor {
        private final SimNode node;

        AtCallee(SimNode node) {
            this.node = node;
        }

        @Override
        public void starting(CallContext context) {
            if (context.metadata().get(BY) == null) {
                world.violated("what an interceptor has added to a call to " + node + " has not come");
            }
            Intercepted one = new Intercepted(node);
            intercepted.add(one);
            context.attribute(BY, one);
        }

        @Override
        public void ended(CallContext context, @Nullable CallException failure) {
            if (!(context.attribute(BY) instanceof Intercepted one) || ++one.ends > 1) {
                world.violated(
                        "an interceptor of " + node + " is told twice of the end of a call, or not of its start");
            }
        }
    }

    private <T extends SimLedger> T ledger(CallContext context, Class<T> type) {
        return type.cast(
                ledgers.get(Integer.parseInt(String.valueOf(context.metadata().get(ID)))));
    }

    /** A call has ended like that. */
    void ended(CallStatus how) {
        count(how.name());
    }

    void count(String what) {
        if (!closed) {
            totals.count(what, 1);
        }
    }

    // --- What holds

    /** Bounds, at any time; null if they hold. */
    @Nullable String beyond(SimNode node) {
        Map<Connection, Integer> underWay = new HashMap<>();
        for (SimLedger ledger : ledgers) {
            for (SimLedger.Handling handling : ledger.handlings) {
                if (handling.callee == node && handling.isUnderWay()) {
                    underWay.merge(handling.context.connection(), 1, Integer::sum);
                }
            }
        }
        int callsMax = limits(node).calls().callsMax();
        for (Connection connection : node.messenger().connections()) {
            if (connection.queuedMessages() > limits.queues().sendMessagesMax()
                    || connection.queuedBytes() > limits.queues().sendBytesMax() + MESSAGE_BYTES_MAX) {
                return "has queued " + connection.queuedMessages() + " messages of " + connection.queuedBytes()
                        + " bytes";
            }
            int calls = underWay.getOrDefault(connection, 0);
            if (calls > callsMax) {
                return "handles " + calls + " calls of one connection, at most " + callsMax + " are let in";
            }
        }
        return null;
    }

    /** From now on nothing fails any more. */
    void calm() {
        for (SimNode node : world.nodes()) {
            for (SimNode peer : world.nodes()) {
                if (world.dials(node, peer)) {
                    finals.add(new FinalCall(node, peer, true));
                    finals.add(
                            new FinalCall(peer, node, world.options().relation().ofEquals()));
                }
            }
            journal(node).publish(1);
        }
    }

    /** What has not come to its end yet; null if everything has. */
    @Nullable String unfinished() {
        for (FinalCall one : finals) {
            if (!one.isDone()) {
                return one.from + " gets no answer of " + one.to + ": " + one.last;
            }
        }
        for (SimLedger ledger : ledgers) {
            String unfinished = ledger.unfinished();
            if (unfinished != null) {
                return unfinished;
            }
        }
        for (SimWatch watch : watches) {
            String unfinished = watch.isAlive() ? watch.unfinished() : null;
            if (unfinished != null) {
                return unfinished;
            }
        }
        for (SimNode node : world.nodes()) {
            SimJournal journal = journal(node);
            long listeners = watches.stream()
                    .filter(watch -> watch.isAlive() && watch.journal() == journal)
                    .count();
            String unfinished = journal.unfinished((int) listeners);
            if (unfinished != null) {
                return unfinished;
            }
        }
        return null;
    }

    /** What nobody was told the end of, when there is nobody to be called any more; null if nothing. */
    @Nullable String untold() {
        for (Intercepted one : intercepted) {
            if (one.isAlive() && one.ends != 1) {
                return "an interceptor of " + one.callee + " was not told of the end of a call";
            }
        }
        return null;
    }

    /** Nobody listens any more. */
    void close() {
        watches.forEach(watch -> totals.count("RESUMED", watch.resumptions()));
        closed = true;
        watches.stream().filter(SimWatch::isAlive).forEach(SimWatch::close);
    }
}
