package org.msgr2.session;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.DetourTransport;
import org.msgr2.session.testing.KillingRelay;
import org.msgr2.session.testing.KillingRelay.Kill;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.TestNetwork;

/**
 * One session over TCP whose connections are killed again and again by a relay on the way, with RSTs, with FINs and in
 * mid-frame, while messages are not acknowledged. {@code -Dmsgr2.stress.messages=1000000} sends so many instead of the few of
 * a build by hand.
 *
 * <p>A connection is killed when the peer has acknowledged something on it: what breaks before is dialled with a back-off, which
 * other tests are about.
 */
@Timeout(900)
class ReconnectStressTest extends NetworkTestBase<TestNetwork> {
    private static final int TYPE = 0x7c05;
    private static final int MESSAGES_MIN = 30_000;
    private static final int MESSAGES = Integer.getInteger("msgr2.stress.messages", MESSAGES_MIN);
    private static final int KILLS = Math.max(60, MESSAGES / 900);
    /** The kills are spread over so much of the messages: the last connection lives. */
    private static final double KILLS_END = 0.95;
    /**
     * So much may be unacknowledged, and so much sent behind a kill until both ends have said that they are ready again. Twice the
     * one and the other is less than what lies between two kills: however late the threads run, every kill gets its turn.
     */
    private static final int UNACKED_MAX = 128;

    private static final int AHEAD_MAX = 64;

    private static final int FRONT_BYTES_MAX = 200;
    private static final int LARGE_EVERY = 256;
    private static final int LARGE_BYTES = 32 * 1024;
    private static final int WAIT_MAX_S = 30;

    private static final Limits LIMITS =
            Limits.defaults().withQueues(Limits.defaults().queues().withSend(UNACKED_MAX, 64L * 1024 * 1024));

    private final Random random = new Random(8);
    private final Sender sender = new Sender();
    private final Receiver receiver = new Receiver();
    private final Killer killer = new Killer();
    private @Nullable KillingRelay relay;

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.best());
    }

    @AfterEach
    void closeRelay() {
        if (relay != null) {
            relay.close();
        }
    }

    @Test
    void everyMessageArrivesOnceAndInOrderHoweverOftenTheConnectionIsKilled() throws InterruptedException {
        assertThat(MESSAGES).as("msgr2.stress.messages").isGreaterThanOrEqualTo(MESSAGES_MIN);
        EntityAddr addr = bind(start(messenger("osd.3")
                .acceptPolicy(Policy.statefulServer())
                .limits(LIMITS)
                .dispatcher(receiver)));
        KillingRelay between = new KillingRelay(addr, killer, new Random(9));
        relay = between;
        DetourTransport detour = new DetourTransport(network.transport(leaks.allocator()), between.addr());
        Messenger client = start(network.messenger("client.7", leaks.allocator(), detour)
                .dialPolicy(Policy.losslessClient())
                .limits(LIMITS)
                .dispatcher(sender));
        Connection connection = client.connect(EntityType.OSD, addr);
        ConnectionInfo info = network.get("ready", connection.ready());
        assertThat(info.mode()).isEqualTo(ConnectionMode.CRC);

        long begin = System.nanoTime();
        sender.sendAll(connection);
        network.await("all acknowledged", () -> connection.queuedMessages() == 0);
        network.await("all handled", () -> receiver.highest == MESSAGES);
        double seconds = (System.nanoTime() - begin) / 1e9;

        network.get("closed", connection.close());
        network.await("no socket is left", () -> between.openSockets() == 0);
        network.settle();
        long replayed = client.stats().messagesReplayed();
        print(seconds, replayed);

        assertThat(receiver.lost()).as("lost").isZero();
        assertThat(receiver.duplicated).as("duplicated").isZero();
        assertThat(receiver.reordered).as("reordered").isZero();
        assertThat(receiver.corrupt).as("corrupt").isZero();
        assertThat(receiver.sessions).as("sessions at the server").hasSize(1);
        assertThat(sender.unexpected).isEmpty();
        assertThat(receiver.unexpected).isEmpty();

        assertThat(killer.count).isEqualTo(KILLS);
        assertThat(killer.byKind).allSatisfy((kind, kills) -> assertThat(kills).isGreaterThanOrEqualTo(KILLS / 5));
        assertThat(killer.unacked).isGreaterThanOrEqualTo(KILLS * 9 / 10);
        assertThat(connection.stats().established()).isEqualTo(KILLS + 1);
        assertThat(connection.stats().sessionReconnectsSent()).isGreaterThanOrEqualTo(KILLS);
        assertThat(replayed).isPositive();
        // Both ends have, unless one of them came to know first in another way.
        int resets = killer.byKind.get(Kill.RST) + killer.byKind.get(Kill.RST_IN_MID_FRAME);
        assertThat(killer.resetsSeen).as("ends that have seen a RST").isBetween(resets, 2 * resets);
    }

    private void print(double seconds, long replayed) {
        System.out.printf(
                Locale.ROOT,
                "%d messages over %d connections in %.1f s, %.0f messages/s%n"
                        + "killed: %d %s, %d while messages were not acknowledged; %d ends have seen a RST%n"
                        + "lost %d, duplicated %d, reordered %d, replayed %d%n"
                        + "from the kill until ready again: dialling end %s, accepting end %s%n",
                MESSAGES,
                KILLS + 1,
                seconds,
                MESSAGES / seconds,
                killer.count,
                killer.byKind,
                killer.unacked,
                killer.resetsSeen,
                receiver.lost(),
                receiver.duplicated,
                receiver.reordered,
                replayed,
                killer.connected,
                killer.accepted);
    }

    private Message message(long tid) {
        Message.Builder message = Message.builder(TYPE).tid(tid).front(front(tid));
        return isLarge(tid) ? message.data(random(LARGE_BYTES, (int) tid)).build() : message.build();
    }

    private ByteBuf front(long tid) {
        int bytes = Long.BYTES + (int) (tid * 31 % FRONT_BYTES_MAX);
        return leaks.allocator().buffer(bytes).writeLong(tid).writeZero(bytes - Long.BYTES);
    }

    private static boolean isLarge(long tid) {
        return tid % LARGE_EVERY == 0;
    }

    /** Decides when and how connections are killed. Asked on the relay's loop, told by the dispatchers' threads. */
    private final class Killer implements Supplier<@Nullable Kill> {
        private final List<Kill> plan = new ArrayList<>();
        private final Map<Kill, Integer> byKind = new EnumMap<>(Kill.class);
        private final Times connected = new Times();
        private final Times accepted = new Times();
        private int count;
        private int unacked;
        private int resetsSeen;
        private long killNs;
        /** So many messages have to be acknowledged before the next one. */
        private long due;

        private long ackedWhenReady;
        private boolean ready;
        private boolean readyAtServer;
        /** Nothing beyond is sent until both are ready. */
        private long sentMax = AHEAD_MAX;

        private @Nullable Kill last;

        Killer() {
            for (int i = 0; i < KILLS; i++) {
                plan.add(Kill.values()[i % Kill.values().length]);
            }
            Collections.shuffle(plan, random);
            planNext();
        }

        private void planNext() {
            due = (long) ((count + random.nextDouble()) * KILLS_END * MESSAGES / KILLS);
        }

        @Override
        public synchronized @Nullable Kill get() {
            long acked = sender.ackedMin();
            if (count == KILLS || !isReady() || acked <= ackedWhenReady || acked < due) {
                return null;
            }
            Kill kill = plan.get(count++);
            byKind.merge(kill, 1, Integer::sum);
            if (sender.queuedMessages() > 0) {
                unacked++;
            }
            ready = false;
            readyAtServer = false;
            sentMax = sender.accepted.get() + AHEAD_MAX;
            last = kill;
            planNext();
            killNs = System.nanoTime();
            return kill;
        }

        private boolean isReady() {
            return ready && readyAtServer;
        }

        /** Waits until message {@code tid} may be sent. */
        synchronized void pace(long tid) throws InterruptedException {
            long endNs = System.nanoTime() + SECONDS.toNanos(WAIT_MAX_S);
            while (tid > sentMax && !isReady()) {
                long leftNs = endNs - System.nanoTime();
                assertThat(leftNs)
                        .as("time left to be ready again after " + last)
                        .isPositive();
                NANOSECONDS.timedWait(this, leftNs);
            }
        }

        synchronized void connected(long ackedMax) {
            ackedWhenReady = ackedMax;
            ready = true;
            notifyAll();
            if (count > 0) {
                connected.add(System.nanoTime() - killNs);
            }
        }

        synchronized void accepted() {
            readyAtServer = true;
            notifyAll();
            if (count > 0) {
                accepted.add(System.nanoTime() - killNs);
            }
        }

        synchronized void interrupted(ProtocolException cause) {
            boolean reset = false;
            for (Throwable reason = cause; reason != null; reason = reason.getCause()) {
                reset |= String.valueOf(reason.getMessage()).contains("Connection reset");
            }
            if (reset && (last == Kill.RST || last == Kill.RST_IN_MID_FRAME)) {
                resetsSeen++;
            }
        }
    }

    /** The client: its only thread is the test's, its events come on others. */
    private final class Sender implements Dispatcher {
        private final Semaphore writable = new Semaphore(0);
        private final AtomicLong accepted = new AtomicLong();
        private final List<SessionEvent> unexpected = new CopyOnWriteArrayList<>();
        private volatile @Nullable Connection connection;

        void sendAll(Connection to) throws InterruptedException {
            connection = to;
            for (long tid = 1; tid <= MESSAGES; tid++) {
                killer.pace(tid);
                send(to, message(tid));
            }
        }

        private void send(Connection to, Message message) throws InterruptedException {
            SendResult.Outcome outcome = to.send(message).outcome();
            while (outcome == SendResult.Outcome.BACK_PRESSURED && writable.tryAcquire(WAIT_MAX_S, SECONDS)) {
                outcome = to.send(message).outcome();
            }
            if (outcome != SendResult.Outcome.ACCEPTED) {
                message.release();
                throw new AssertionError("message " + (accepted.get() + 1) + " is " + outcome);
            }
            accepted.incrementAndGet();
        }

        int queuedMessages() {
            Connection current = connection;
            return current == null ? 0 : current.queuedMessages();
        }

        /** At least so many messages are acknowledged. */
        long ackedMin() {
            long sent = accepted.get();
            return sent - queuedMessages();
        }

        @Override
        public void onEvent(Connection on, SessionEvent event) {
            if (event instanceof SessionEvent.Connected) {
                int queued = on.queuedMessages();
                // One may be accepted and not counted yet.
                killer.connected(accepted.get() + 1 - queued);
            } else if (event instanceof SessionEvent.Interrupted interrupted) {
                killer.interrupted(interrupted.cause());
            } else if (event instanceof SessionEvent.Writable) {
                writable.release();
            } else {
                unexpected.add(event);
            }
        }
    }

    /** The server: told by one thread at a time. */
    private final class Receiver implements Dispatcher {
        private final BitSet seen = new BitSet(MESSAGES + 1);
        private final Set<Connection> sessions = new CopyOnWriteArraySet<>();
        private final List<SessionEvent> unexpected = new CopyOnWriteArrayList<>();
        private int duplicated;
        private int reordered;
        private int corrupt;
        /** Written last. */
        private volatile long highest;

        @Override
        public boolean dispatch(Connection connection, Message message) {
            int tid = (int) message.tid();
            if (seen.get(tid)) {
                duplicated++;
            } else if (tid < highest) {
                reordered++;
            }
            seen.set(tid);
            if (message.front().getLong(message.front().readerIndex()) != tid
                    || message.data().readableBytes() != (isLarge(tid) ? LARGE_BYTES : 0)) {
                corrupt++;
            }
            highest = Math.max(highest, tid);
            return true;
        }

        @Override
        public void onEvent(Connection connection, SessionEvent event) {
            sessions.add(connection);
            if (event instanceof SessionEvent.Accepted) {
                killer.accepted();
            } else if (event instanceof SessionEvent.Interrupted interrupted) {
                killer.interrupted(interrupted.cause());
            } else {
                unexpected.add(event);
            }
        }

        int lost() {
            return MESSAGES - seen.cardinality();
        }
    }

    /** How long something took, time after time. Not thread-safe. */
    private static final class Times {
        private final List<Long> ns = new ArrayList<>();

        void add(long timeNs) {
            ns.add(timeNs);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "p50 %.1f ms, p99 %.1f ms", percentileMs(0.5), percentileMs(0.99));
        }

        private double percentileMs(double part) {
            List<Long> sorted = ns.stream().sorted().toList();
            return sorted.isEmpty() ? 0 : sorted.get((int) (part * (sorted.size() - 1))) / 1e6;
        }
    }
}
