package org.msgr2.session.testing.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.message.Message;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;
import org.msgr2.session.SessionEvent;

/**
 * One machine with one process on it, which may die and start again: a messenger, and an application that sends, answers, and
 * writes down what it gets.
 */
final class SimNode implements Dispatcher {
    private static final int PORT = 6800;
    private static final int ASK = 0x7c05;
    private static final int ASK_FAST = 0x7c06;
    private static final int ANSWER = 0x7c07;
    private static final int ANSWER_FAST = 0x7c08;
    private static final int ORIGIN_BEFORE_OVERFLOW_SECONDS = 5;

    /** Such frames leave in several pieces. */
    private static final int BIG_BYTES = 300_000;

    private static final int CONTENT_BYTES = 1 << 20;
    private static final byte[] CONTENT = new byte[CONTENT_BYTES];
    private static final ByteBuf CONTENT_BUFFER = Unpooled.wrappedBuffer(CONTENT);

    static {
        new SimRandom(CONTENT_BYTES).fill(CONTENT);
    }

    private final Simulation world;
    private final int number;
    private final EntityName name;
    private final SimClock clock;
    private final SimRandom random;
    private final boolean bound;
    private final @Nullable SimNode disguise;
    private int nonce;
    private int incarnation;
    private int loopsMade;
    private boolean alive;
    private @Nullable Incarnation process;
    private long workDelayMaxNs;
    private long workDelayMostNs;
    private long pausedUntilNs;
    private final Map<Integer, SimChannel> channels = new HashMap<>();

    /** What dies with the process. */
    private final class Incarnation {
        private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        private final List<SimLoop> loops = new ArrayList<>();
        private final SimLoop workers;
        private final SimTransport transport;
        private final SimAuth auth;
        private final Messenger messenger;
        private final Map<Connection, SimChannel> byConnection = new HashMap<>();
        private final Map<Integer, SimChannel> dialled = new HashMap<>();
        private final Map<Connection, SimEvents> events = new HashMap<>();
        private final SimKeeper keeper = new SimKeeper(world, number, random);

        Incarnation() {
            SimTime time = world.time();
            for (int i = 0; i < world.options().loops(); i++) {
                loops.add(new SimLoop(time, clock, number << 16 | loopsMade++));
            }
            workers = new SimLoop(time, clock, number << 16 | loopsMade++);
            transport = new SimTransport(world.network(), number, loops, allocator);
            SimOptions options = world.options();
            auth = new SimAuth(
                    name,
                    time,
                    random,
                    options.auth() == SimOptions.Auth.SECURE,
                    () -> world.happened(SimFault.TICKET_EXPIRED, number, "finds that a peer's ticket has ended"));
            Messenger.Builder builder = Messenger.builder(name.toString())
                    .allocator(allocator)
                    .transport(transport)
                    .workerPool(task -> time.at(workers, time.nowNs() + workDelayNs(), task))
                    .clock(clock)
                    .entropy(entropy())
                    .limits(world.hasCalls() ? world.calls().limits(SimNode.this) : options.limits())
                    .keepaliveInterval(options.keepalive())
                    .dialPolicy(throttled(
                            isLossyDouble()
                                    ? Policy.lossyClient()
                                    : options.relation().dial()))
                    .auth(own -> options.auth() == SimOptions.Auth.NONE ? new NoneAuth(own) : auth)
                    .dispatcher(SimNode.this);
            if (options.relation() == SimOptions.Relation.CLIENTS) {
                builder.acceptPolicy(
                        peer -> throttled(peer.lossy() ? Policy.statelessRegisteredServer() : Policy.statefulServer()));
            } else {
                builder.acceptPolicy(throttled(options.relation().accept()));
            }
            if (options.msgr20()) {
                builder.bannerFeatures(BannerFeatures.NONE, BannerFeatures.NONE).allowWeakSecureMode(true);
            }
            if (world.hasCalls()) {
                world.calls().install(SimNode.this, builder);
            }
            messenger = builder.build();
        }

        /** The first that is drawn is the nonce. */
        private Entropy entropy() {
            boolean[] first = {true};
            return bytes -> {
                random.fill(bytes);
                if (first[0]) {
                    first[0] = false;
                    ByteBuffer.wrap(bytes).putLong(nonce & 0xffff_ffffL);
                }
            };
        }

        private Policy throttled(Policy policy) {
            return policy.withThrottle(world.options().throttle());
        }

        private long workDelayNs() {
            return workDelayMaxNs == 0 ? 0 : random.between(0, workDelayMaxNs);
        }
    }

    /** @param disguise whose address it tells for its own; null for an honest one */
    SimNode(
            Simulation world,
            int number,
            EntityType type,
            boolean bound,
            int drift,
            SimRandom random,
            @Nullable SimNode disguise) {
        this.world = world;
        this.number = number;
        this.name = new EntityName(type, Integer.toString(number));
        this.bound = bound;
        this.disguise = disguise;
        this.random = random;
        this.nonce = random.between(1, Integer.MAX_VALUE - 1);
        this.workDelayMaxNs = world.options().workDelayMaxNs();
        this.workDelayMostNs = workDelayMaxNs;
        long origin = random.oneIn(2)
                ? Long.MAX_VALUE - ORIGIN_BEFORE_OVERFLOW_SECONDS * SimTime.SECOND
                : random.nextLong() >> 8;
        this.clock = new SimClock(world.time(), drift, origin);
    }

    /** Where nobody proves anything, another process at the same address is as good; this one wants less of its session. */
    private boolean isLossyDouble() {
        return disguise != null && world.options().auth() == SimOptions.Auth.NONE;
    }

    // --- The process

    void start() {
        incarnation++;
        alive = true;
        process = new Incarnation();
        if (bound) {
            try {
                process.messenger.bind(addr());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        if (world.hasCalls() && disguise == null) {
            world.calls().started(this);
        }
    }

    /** The process is gone, whatever it was about to do. */
    void die() {
        alive = false;
        Incarnation dying = process();
        dying.loops.forEach(SimLoop::die);
        dying.workers.die();
        for (SimStream stream : dying.transport.streams()) {
            if (!world.network().isDown(number)) {
                stream.out().end(new IOException("Connection reset by peer"));
            }
        }
        dying.byConnection.values().forEach(SimChannel::end);
        world.tally(dying.messenger);
    }

    void newNonce() {
        nonce = random.between(1, Integer.MAX_VALUE - 1);
    }

    private Incarnation process() {
        if (process == null) {
            throw new IllegalStateException("not started");
        }
        return process;
    }

    boolean isAlive() {
        return alive;
    }

    int number() {
        return number;
    }

    int incarnation() {
        return incarnation;
    }

    SimClock clock() {
        return clock;
    }

    SimAuth auth() {
        return process().auth;
    }

    Messenger messenger() {
        return process().messenger;
    }

    boolean isBound() {
        return bound;
    }

    EntityName name() {
        return name;
    }

    EntityAddr addr() {
        return disguise != null ? disguise.addr() : SimNetwork.addrOf(number, PORT, nonce);
    }

    void pauseUntil(long timeNs) {
        process().loops.forEach(loop -> loop.pauseUntil(timeNs));
        process().workers.pauseUntil(timeNs);
        pausedUntilNs = Math.max(pausedUntilNs, timeNs);
    }

    void listening(boolean on) {
        process().transport.listening(on);
    }

    /** Tasks wait for so long before they have a worker. */
    void workDelay(long maxNs) {
        workDelayMaxNs = maxNs;
        workDelayMostNs = Math.max(workDelayMostNs, maxNs);
    }

    /** The longest that tasks have had to wait for a worker so far. */
    long workDelayMostNs() {
        return workDelayMostNs;
    }

    /** Until then, at the latest, it has stood still. */
    long pausedUntilNs() {
        return pausedUntilNs;
    }

    /** The application does something later, unless the process dies before. */
    void later(long delayNs, Runnable task) {
        SimTime time = world.time();
        time.at(process().workers, time.nowNs() + delayNs, task);
    }

    /** Bytes of buffers that are not released. */
    long heldBytes() {
        return process().allocator.metric().usedHeapMemory()
                + process().allocator.metric().usedDirectMemory();
    }

    // --- The application

    /** The connection that we have dialled to that node: the one that lives, or a new one. */
    SimChannel dial(SimNode peer) {
        SimChannel there = process().dialled.get(peer.number());
        if (there != null && !there.hasEnded() && !there.isGivenUp()) {
            return there;
        }
        world.trace().add(number, () -> "dials node " + peer.number());
        Connection connection = messenger().connect(peer.name.type(), peer.addr());
        SimChannel channel = channel(connection, peer.number(), true);
        process().dialled.put(peer.number(), channel);
        return channel;
    }

    /** The connection that we have dialled to that node; null if there is none. */
    @Nullable SimChannel dialled(int peer) {
        return process().dialled.get(peer);
    }

    private SimChannel channel(Connection connection, int peer, boolean dialled) {
        SimChannel known = process().byConnection.get(connection);
        if (known != null) {
            return known;
        }
        SimOptions options = world.options();
        boolean contiguous = !options.relation().lossless() || !options.upheaval();
        SimChannel made = new SimChannel(
                this, incarnation, process().byConnection.size() + 1, peer, connection, dialled, contiguous);
        process().byConnection.put(connection, made);
        channels.put(made.key(), made);
        int of = incarnation;
        connection.closed().thenRun(() -> {
            if (of == incarnation) {
                closed(made);
            }
        });
        return made;
    }

    private void closed(SimChannel channel) {
        if (!channel.isGivenUp()) {
            world.violated(channel + " has ended without a Reset event, and nobody has closed it");
        }
        channel.end();
    }

    /** Connections of this process that live, as far as the application knows. */
    List<SimChannel> open() {
        List<SimChannel> open = new ArrayList<>();
        for (SimChannel channel : process().byConnection.values()) {
            if (!channel.hasEnded()) {
                open.add(channel);
            }
        }
        open.sort((a, b) -> Integer.compare(a.key(), b.key()));
        return open;
    }

    /** The newest connection with that node that is ready, or was; null if there is none. */
    @Nullable SimChannel openTo(int peer) {
        SimChannel newest = null;
        for (SimChannel channel : open()) {
            if (channel.receiver() == peer && channel.isReady() && !channel.isGivenUp()) {
                newest = channel;
            }
        }
        return newest;
    }

    /** All that this node's processes have sent. */
    Iterable<SimChannel> channels() {
        return channels.values();
    }

    /** Sends, as far as the connection takes it; the rest follows when it takes more. */
    void send(SimChannel channel, int count) {
        if (world.hasCalls()) {
            world.calls().talk(this, channel, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            if (!sendOne(channel, world.options().fast() ? ASK_FAST : ASK)) {
                channel.backlog(channel.backlog() + count - i);
                return;
            }
        }
    }

    /** @return false if the connection takes no more for now */
    private boolean sendOne(SimChannel channel, int type) {
        int priority = world.options().priorities() ? random.below(SimChannel.priorities()) : 0;
        int next = channel.sent() + 1;
        Message message = message(type, channel.tid(next), SimChannel.priority(priority));
        SendResult result = channel.connection().send(message);
        switch (result.outcome()) {
            case ACCEPTED -> {
                channel.accepted(priority, world.time().nowNs());
                if (!world.isCalm() && random.oneIn(100) && result.revoke() == SendResult.Revocation.REMOVED) {
                    channel.revoked(next);
                }
                if (result.number() != next) {
                    world.violated("message " + next + " of " + channel + " was given number " + result.number());
                }
                return true;
            }
            case BACK_PRESSURED -> {
                message.release();
                return false;
            }
            case CLOSED -> {
                message.release();
                if (!channel.isGivenUp() && !channel.hasEnded() && world.isLossless()) {
                    world.violated(channel + " takes no messages");
                }
                return true;
            }
            default -> {
                message.release();
                world.violated(channel + ": " + result.outcome());
                return true;
            }
        }
    }

    private Message message(int type, long tid, int priority) {
        int size = world.options().big() && random.oneIn(30) ? random.between(BIG_BYTES, 2 * BIG_BYTES) : usualSize();
        Message.Builder builder = Message.builder(type).tid(tid).priority(priority);
        if (size > 0) {
            builder.front(content(tid, size));
        }
        if (random.oneIn(8)) {
            builder.data(content(~tid, random.between(1, 200)));
        }
        return builder.build();
    }

    private int usualSize() {
        return random.percent(70) ? random.below(40) : random.magnitude(random.oneIn(20) ? 16 : 11);
    }

    private ByteBuf content(long tid, int size) {
        return process().allocator.buffer(size).writeBytes(CONTENT, contentAt(tid, size), size);
    }

    /** Where in all content that of a message begins: one of a few hundred places. */
    private static int contentAt(long tid, int size) {
        return (int) ((tid * 31 + size) & 0xff);
    }

    private static boolean isContent(ByteBuf content, long tid) {
        int size = content.readableBytes();
        int at = contentAt(tid, size);
        return ByteBufUtil.equals(content, content.readerIndex(), CONTENT_BUFFER, at, size);
    }

    // --- What comes

    @Override
    public boolean canFastDispatch(int messageType) {
        return messageType == ASK_FAST || messageType == ANSWER_FAST;
    }

    @Override
    public void fastDispatch(Connection connection, Message message) {
        handle(connection, message);
    }

    @Override
    public boolean dispatch(Connection connection, Message message) {
        handle(connection, message);
        return true;
    }

    private void handle(Connection connection, Message message) {
        Incarnation self = process();
        self.keeper.begin(message);
        received(connection, message);
        self.keeper.end(message, self.workers);
    }

    /** What is wrong with the throttle's account; null if nothing. While no callback runs. */
    @Nullable String wrongAccount() {
        return world.options().throttle() == null
                ? null
                : process().keeper.wrong(messenger().stats().policyThrottles().get("peers"));
    }

    private void received(Connection connection, Message message) {
        SimChannel back = process().byConnection.get(connection);
        if (back == null || !back.isReady()) {
            // A fast message may overtake the event that announces its connection.
            if (!world.options().fast() || connection.info() == null) {
                world.violated("node " + number + " is given a message by a connection that it has not heard of");
                return;
            }
            back = channel(connection, world.nodeAt(connection), false);
        }
        if (back.hasEnded() && !world.options().fast()) {
            world.violated("node " + number + " is given a message by a connection that has ended: " + back);
        }
        long tid = message.tid();
        SimNode from = world.node(SimChannel.senderOf(tid));
        SimChannel channel = from == null ? null : from.channels.get(SimChannel.indexOf(tid));
        if (channel == null || channel.receiver() != number) {
            world.violated("node " + number + " is given a message that was not sent to it: " + message);
            return;
        }
        if (!isContent(message.front(), tid) || !isContent(message.data(), ~tid)) {
            world.violated("message " + (int) tid + " of " + channel + " is not what was sent");
        }
        String wrong = channel.delivered(
                (int) tid, message.header().priority(), connection, process(), world.isOncePerProcess());
        world.trace().add(number, () -> "gets message " + (int) tid + " of " + channel);
        if (wrong != null) {
            world.violated(wrong);
        }
        world.delivered(tid);
        int replies = world.options().replies();
        boolean question = message.type() == ASK || message.type() == ASK_FAST;
        if (replies > 0 && question && random.oneIn(replies)) {
            sendOne(back, world.options().fast() ? ANSWER_FAST : ANSWER); // if it is taken
        }
    }

    @Override
    public void onEvent(Connection connection, SessionEvent event) {
        SimChannel channel = known(connection, event);
        world.trace()
                .add(
                        number,
                        () -> event.getClass().getSimpleName() + " on "
                                + (channel == null ? "a new connection" : channel) + detail(event));
        world.time().mix(event.getClass().getName().length());
        if (channel != null && channel.hasEnded()) {
            world.violated(event + " comes after the end of " + channel);
            return;
        }
        String odd = process()
                .events
                .computeIfAbsent(connection, one -> new SimEvents())
                .next(event);
        if (odd != null) {
            world.violated((channel == null ? "a connection of node " + number : channel) + " " + odd);
        }
        if (event instanceof SessionEvent.Accepted || event instanceof SessionEvent.Connected) {
            SimChannel ready = channel != null
                    ? channel
                    : channel(connection, world.nodeAt(connection), event instanceof SessionEvent.Connected);
            if (ready.becameReady() > 1) {
                world.reconnected();
            }
        } else if (event instanceof SessionEvent.AttemptFailed failed) {
            if (failed.attempt() < 1) {
                world.violated(event + " on " + channel);
            }
        } else if (channel == null) {
            world.violated(event + " on a connection that was never announced");
        } else if (event instanceof SessionEvent.RemoteReset) {
            world.remoteReset(channel);
        } else if (event instanceof SessionEvent.Reset) {
            channel.giveUp();
            world.reset(channel);
        } else if (event instanceof SessionEvent.Discarded discarded) {
            String wrong = world.hasCalls() ? null : channel.discarded(discarded);
            if (wrong != null) {
                world.violated(wrong);
            }
            world.discarded(channel);
        } else if (event instanceof SessionEvent.Writable) {
            int backlog = channel.backlog();
            channel.backlog(0);
            send(channel, backlog);
        }
    }

    /** Who subscribes has connections that nobody but the subscription has asked for. */
    private @Nullable SimChannel known(Connection connection, SessionEvent event) {
        SimChannel channel = process().byConnection.get(connection);
        return channel == null && world.hasCalls() && !(event instanceof SessionEvent.Accepted)
                ? channel(connection, world.nodeAt(connection), true)
                : channel;
    }

    private static String detail(SessionEvent event) {
        if (event instanceof SessionEvent.AttemptFailed failed) {
            return ": " + failed.cause().getMessage();
        }
        if (event instanceof SessionEvent.Interrupted interrupted) {
            return ": " + interrupted.cause().getMessage();
        }
        if (event instanceof SessionEvent.Reset reset) {
            return ": " + reset.cause().getMessage();
        }
        return event instanceof SessionEvent.Discarded ? ": " + event : "";
    }

    /** Ends every connection, in an order that does not depend on the memory that they lie in. */
    void giveUp() {
        open().forEach(SimChannel::giveUp);
        messenger().connections().stream()
                .sorted(Comparator.comparing(connection -> connection.peerAddr().toString()))
                .forEach(Connection::markDown);
    }

    /** Asks for a sign of life; the answer has to come some time, one way or the other. */
    void ping(SimChannel channel) {
        int of = incarnation;
        long askedNs = world.time().nowNs();
        channel.pinged();
        channel.connection().ping().whenComplete((roundTrip, failure) -> {
            if (of != incarnation) {
                return;
            }
            channel.pingResolved();
            // The clock may be fast or slow by a tenth, and goes on in steps.
            long tookNs = world.time().nowNs() - askedNs + SimClock.STEPS_NS;
            if (roundTrip != null && roundTrip.toNanos() / 10 * 9 > tookNs) {
                world.violated("a ping on " + channel + " is said to have taken " + roundTrip);
            }
        });
    }

    /** Ends a connection when everything is sent. */
    void close(SimChannel channel) {
        channel.giveUp();
        channel.connection().close();
    }

    /** What this process was never told the end of; null if there is nothing. */
    @Nullable String unresolved() {
        for (SimChannel channel : process().byConnection.values()) {
            if (!channel.hasEnded()) {
                return "nobody was told of the end of " + channel;
            }
            if (channel.pings() != 0) {
                return channel.pings() + " pings on " + channel + " have come to nothing";
            }
        }
        return null;
    }

    void markDown(SimChannel channel) {
        channel.giveUp();
        channel.connection().markDown();
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
