package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.FaultStream;
import org.msgr2.session.testing.HeldExecutor;
import org.msgr2.session.testing.RecordingDispatcher.Heard;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.SessionMode;

/**
 * Many lossless peers that send to each other, mark connections down, come and go, as a seed has it; and what a network may do to
 * them. Then all of that stops, and everything has to get where it belongs, or be named.
 */
class StressTest extends TrafficTestBase {
    private static final int PEERS = 5;
    private static final int PEERS_MAX = 8;
    private static final int STEPS = 100;
    /** A back-off and a WAIT, one behind the other, and something to spare. */
    private static final int RECOVERY_SECONDS_MAX = 35;

    static Stream<Arguments> injected() {
        return SessionMode.all()
                .flatMap(mode -> Troubles.INJECTED.stream().map(troubles -> Arguments.of(mode, troubles)));
    }

    @Scenario("P19")
    @ParameterizedTest
    @MethodSource("modes")
    void nothingIsLostAmongManyThatComeAndGo(SessionMode mode) {
        for (int seed = 0; seed < 2; seed++) {
            new Run(mode, Troubles.NONE, seed).play();
        }
    }

    static Stream<SessionMode> modes() {
        return SessionMode.all();
    }

    @Scenario("P20")
    @ParameterizedTest
    @MethodSource("injected")
    void norWhateverTheNetworkDoesToThem(SessionMode mode, Troubles troubles) {
        new Run(mode, troubles, 20 + Troubles.INJECTED.indexOf(troubles)).play();
    }

    /** A message: who has sent it to whom. */
    private record Sent(int from, int to, int number) {
        long tid() {
            return (long) from << 40 | (long) to << 32 | number;
        }
    }

    private final class Peer {
        private final int index;
        private final HeldExecutor workers = new HeldExecutor(network.time().workers());
        private final End end;
        /** What each connection has accepted, by the number that it gave. */
        private final Map<Connection, Map<Long, Sent>> accepted = new HashMap<>();

        private final int[] numbers = new int[PEERS_MAX];
        /** It has forgotten these, once at least. */
        private final Set<Integer> markedDown = new HashSet<>();

        private boolean stopped;

        Peer(int index, SessionMode mode, Troubles troubles) {
            this.index = index;
            workers.release();
            end = peer(
                    mode,
                    "osd." + index,
                    Policy.losslessPeerReuse(),
                    builder -> builder.workerPool(workers)
                            .limits(Limits.defaults()
                                    .withQueues(
                                            Limits.defaults().queues().withDispatch(troubles.throttleBytes(), 4096))));
        }

        void send(Peer to, Random random) {
            Connection connection = end.dial(to.end);
            Sent next = new Sent(index, to.index, numbers[to.index] + 1);
            Message message = message(TYPE, next.tid(), random.nextInt(Troubles.BYTES_MAX));
            SendResult result = connection.send(message);
            if (result.accepted()) {
                numbers[to.index]++;
                accepted.computeIfAbsent(connection, key -> new HashMap<>()).put(result.number(), next);
            } else {
                message.release(); // it has been marked down at this moment
            }
        }

        void markDown(Peer other) {
            markedDown.add(other.index);
            end.dial(other.end).markDown();
        }

        Set<Long> received() {
            Set<Long> tids = new HashSet<>(end.heard.tids());
            return tids;
        }
    }

    private final class Run {
        private final SessionMode mode;
        private final Troubles troubles;
        private final Random random;
        private final List<Peer> peers = new ArrayList<>();
        private int faults;

        Run(SessionMode mode, Troubles troubles, long seed) {
            this.mode = mode;
            this.troubles = troubles;
            this.random = new Random(seed);
            for (int i = 0; i < PEERS; i++) {
                peers.add(new Peer(i, mode, troubles));
            }
        }

        void play() {
            for (int step = 0; step < STEPS; step++) {
                act();
                int tasks = random.nextInt(120);
                trouble(tasks);
                tasks(tasks);
            }
            settleDown();
            check();
            peers.forEach(peer -> peer.end.close());
        }

        private List<Peer> alive() {
            return peers.stream().filter(peer -> !peer.stopped).toList();
        }

        private Peer any() {
            return alive().get(random.nextInt(alive().size()));
        }

        private void act() {
            Peer one = any();
            Peer other = any();
            int dice = random.nextInt(100);
            if (dice < 2 && peers.size() < PEERS_MAX) {
                peers.add(new Peer(peers.size(), mode, troubles));
            } else if (dice < 3 && alive().size() > 3) {
                one.stopped = true;
                one.workers.release();
                one.end.close();
            } else if (dice < 8 && one != other) {
                one.markDown(other);
            } else if (one != other) {
                int count = 1 + random.nextInt(10);
                for (int i = 0; i < count; i++) {
                    one.send(other, random);
                }
            }
        }

        private void trouble(int tasks) {
            if (troubles.tasksPerFault() > 0 && random.nextInt(troubles.tasksPerFault()) < tasks) {
                faults++;
                if (random.nextBoolean()) {
                    stream().ifPresent(FaultStream::lose);
                } else {
                    any().end.net.loseAt(Troubles.POINTS.get(random.nextInt(Troubles.POINTS.size())));
                }
            }
            if (troubles.delays() && random.nextInt(4) == 0) {
                stream().ifPresent(stream -> {
                    stream.stall();
                    stream.loop()
                            .schedule(
                                    stream::goOn,
                                    stream.loop().nanoTime()
                                            + Duration.ofMillis(100).toNanos());
                });
            }
            if (troubles.busy()) {
                HeldExecutor workers = any().workers;
                if (random.nextBoolean()) {
                    workers.hold();
                } else {
                    workers.release();
                }
            }
        }

        private Optional<FaultStream> stream() {
            List<FaultStream> open =
                    any().end.net.streams().stream().filter(FaultStream::isOpen).toList();
            return open.isEmpty() ? Optional.empty() : Optional.of(open.get(random.nextInt(open.size())));
        }

        /** The faults are over. Everybody has something to say to everybody, so that nobody is on standby with a session that is gone. */
        private void settleDown() {
            peers.forEach(peer -> peer.workers.release());
            network.time().advance(Duration.ofSeconds(1));
            for (int round = 0; round < 2; round++) {
                for (Peer one : alive()) {
                    for (Peer other : alive()) {
                        if (one != other) {
                            one.send(other, random);
                        }
                    }
                }
                await("acknowledged", () -> alive().stream().allMatch(this::isThrough));
                network.settle();
            }
        }

        /** Nothing is left for anybody who is there. */
        private boolean isThrough(Peer peer) {
            return alive().stream()
                    .filter(other -> other != peer)
                    .allMatch(other -> peer.end.dial(other.end).queuedMessages() == 0);
        }

        private void await(String what, BooleanSupplier condition) {
            for (int second = 0; second < RECOVERY_SECONDS_MAX && !condition.getAsBoolean(); second++) {
                advance(Duration.ofSeconds(1));
            }
            assertThat(condition.getAsBoolean()).as(what).isTrue();
        }

        private void check() {
            int pairs = 0;
            for (Peer peer : alive()) {
                assertInOrder(peer);
                assertThat(peer.end.messenger.stats().dispatchBytes()).isZero();
                for (Peer other : alive()) {
                    if (peer != other
                            && !peer.markedDown.contains(other.index)
                            && !other.markedDown.contains(peer.index)) {
                        assertExactlyOnce(peer, other);
                        pairs++;
                    }
                }
                assertNothingIsLost(peer);
            }
            assertThat(pairs).as("pairs that kept their session").isPositive();
            assertThat(faults > 0).isEqualTo(troubles.tasksPerFault() > 0);
            long replayed = peers.stream()
                    .mapToLong(peer -> peer.end.messenger.stats().messagesReplayed())
                    .sum();
            assertThat(replayed > 0).as("messages were sent again").isEqualTo(faults > 0);
        }

        private void assertInOrder(Peer peer) {
            Map<Connection, Map<Integer, Long>> last = new HashMap<>();
            for (Heard heard : peer.end.heard.log()) {
                if (heard.what() instanceof Received received) {
                    int from = (int) (received.tid() >> 40);
                    Long before = last.computeIfAbsent(heard.connection(), key -> new HashMap<>())
                            .put(from, received.tid());
                    assertThat(before == null || before < received.tid())
                            .as("%x after %x", received.tid(), before)
                            .isTrue();
                }
            }
        }

        private void assertExactlyOnce(Peer from, Peer to) {
            List<Long> expected = new ArrayList<>();
            for (int number = 1; number <= from.numbers[to.index]; number++) {
                expected.add(new Sent(from.index, to.index, number).tid());
            }
            assertThat(to.end.heard.tids().stream().filter(tid -> tid >> 32 == expected.get(0) >> 32))
                    .containsExactlyElementsOf(expected);
        }

        /** What was accepted has come, or was named as not to come. */
        private void assertNothingIsLost(Peer peer) {
            Set<Long> named = new HashSet<>();
            for (Heard heard : peer.end.heard.log()) {
                if (heard.what() instanceof SessionEvent.Discarded discarded) {
                    assertThat(discarded.lastNumber() - discarded.firstNumber() + 1)
                            .isEqualTo(discarded.messages());
                    for (long number = discarded.firstNumber(); number <= discarded.lastNumber(); number++) {
                        assertThat(named.add(peer.accepted
                                        .get(heard.connection())
                                        .get(number)
                                        .tid()))
                                .as("named once")
                                .isTrue();
                    }
                }
            }
            Map<Integer, Set<Long>> received = new HashMap<>();
            alive().forEach(other -> received.put(other.index, other.received()));
            for (Map<Long, Sent> messages : peer.accepted.values()) {
                for (Sent message : messages.values()) {
                    Set<Long> there = received.get(message.to());
                    if (there != null && !there.contains(message.tid())) {
                        assertThat(named)
                                .as("neither received nor named: %s", message)
                                .contains(message.tid());
                    }
                }
            }
        }
    }
}
