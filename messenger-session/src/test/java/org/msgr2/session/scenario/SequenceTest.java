package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame.Ack;
import org.msgr2.core.frame.ControlFrame.Keepalive2;
import org.msgr2.core.frame.ControlFrame.Keepalive2Ack;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.UTime;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.machine.SessionState;
import org.msgr2.session.testing.SessionBench;
import org.msgr2.session.testing.SessionBench.Written;
import org.msgr2.session.testing.SessionMode;

/** One end of a session, and a peer that numbers its messages, acknowledges ours and asks for signs of life as no messenger of ours would. */
class SequenceTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private SessionBench bench(SessionMode mode, Policy policy) throws ProtocolException {
        return SessionBench.of(policy, leaks.allocator()).over(mode).ready();
    }

    private static List<Long> delivered(SessionBench bench) {
        return bench.effects().delivered().stream()
                .map(message -> message.header().seq())
                .toList();
    }

    private static List<Long> written(List<Written> frames) {
        return frames.stream()
                .filter(frame -> frame.tag() == Tag.MESSAGE)
                .map(frame -> Objects.requireNonNull(frame.header()).seq())
                .toList();
    }

    /** Unlike Ceph, which would free 128 of them, and the others when more is acknowledged (spec/msgr2 §5.6). */
    @Scenario("P23")
    @ParameterizedTest
    @EnumSource
    void oneAcknowledgementFreesAThousandMessages(SessionMode mode) throws ProtocolException {
        try (SessionBench bench = bench(mode, Policy.losslessClient())) {
            for (int i = 0; i < 1000; i++) {
                bench.send(127);
            }
            assertThat(written(bench.poll()))
                    .isEqualTo(LongStream.rangeClosed(1, 1000).boxed().toList());
            assertThat(bench.effects().sentNumbers()).isEmpty();
            bench.receive(new Ack(1000));
            assertThat(bench.effects().sentNumbers()).hasSize(1000);
            bench.session().markDown();
        }
    }

    @Scenario("P24")
    @ParameterizedTest
    @EnumSource
    void whatIsReadAtOnceIsAcknowledgedAtOnceUnlessAMessageDoes(SessionMode mode) throws ProtocolException {
        try (SessionBench bench = bench(mode, Policy.statefulServer())) {
            for (int round = 1; round <= 3; round++) {
                ByteArrayOutputStream pass = new ByteArrayOutputStream();
                for (int i = 0; i < 100; i++) {
                    pass.writeBytes(bench.peerMessage(10));
                }
                bench.receive(pass.toByteArray());
                if (round == 3) {
                    bench.send(127);
                    Written answer = Objects.requireNonNull(bench.pollOne());
                    assertThat(Objects.requireNonNull(answer.header()).ackSeq()).isEqualTo(300);
                } else {
                    assertThat(bench.poll()).extracting(Written::control).containsExactly(new Ack(100L * round));
                }
                assertThat(bench.poll()).isEmpty();
            }
            bench.session().markDown();
        }
    }

    /** Unlike Ceph, whose connection would stall, and whose throttle would not get the permits back (spec/msgr2 §5.6). */
    @Scenario("P25")
    @ParameterizedTest
    @EnumSource
    void aDuplicateIsDroppedAndReadingGoesOn(SessionMode mode) throws ProtocolException {
        for (Policy policy : List.of(Policy.statefulServer(), Policy.statelessServer())) {
            try (SessionBench bench = bench(mode, policy)) {
                for (long seq : new long[] {1, 2, 2, 1, 3, 3, 4}) {
                    bench.receive(bench.peerMessage(seq, 100));
                }
                assertThat(delivered(bench)).containsExactly(1L, 2L, 3L, 4L);
                assertThat(bench.session().state()).isEqualTo(SessionState.READY);
                bench.effects().releaseDelivered();
                assertThat(bench.effects().permitHolders()).isZero();
                assertThat(bench.effects().permitsTaken()).isZero();
                bench.session().markDown();
            }
        }
    }

    /** Ceph's own peers produce them (spec/msgr2 §5.6). */
    @Scenario("P26")
    @ParameterizedTest
    @EnumSource
    void aGapIsDelivered(SessionMode mode) throws ProtocolException {
        try (SessionBench bench = bench(mode, Policy.statefulServer())) {
            for (long seq : new long[] {3, 4, 1000, 999, 1001}) {
                bench.receive(bench.peerMessage(seq, 10));
            }
            assertThat(delivered(bench)).containsExactly(3L, 4L, 1000L, 1001L);
            assertThat(bench.poll()).extracting(Written::control).containsExactly(new Ack(1001));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.session().markDown();
        }
    }

    @Scenario("P27")
    @ParameterizedTest
    @EnumSource
    void anAcknowledgementOfMoreThanWasSentMeansAllOfIt(SessionMode mode) throws ProtocolException {
        for (long seq : new long[] {3, 1000, Long.MAX_VALUE, -1}) {
            try (SessionBench bench = bench(mode, Policy.losslessClient())) {
                bench.send(127);
                bench.send(127);
                bench.poll();
                bench.receive(new Ack(seq));
                assertThat(bench.effects().sentNumbers()).containsExactly(1L, 2L);
                assertThat(bench.session().state()).isEqualTo(SessionState.READY);
                bench.send(127);
                assertThat(written(bench.poll())).containsExactly(3L);
                bench.session().markDown();
            }
        }
    }

    @Scenario("P28")
    @ParameterizedTest
    @EnumSource
    void aStampComesBackAsItWasAndOvertakesWhatIsQueued(SessionMode mode) throws ProtocolException {
        try (SessionBench bench = bench(mode, Policy.statefulServer())) {
            for (int i = 0; i < 100; i++) {
                bench.send(255);
            }
            // Nanoseconds beyond a second are the peer's business.
            List<UTime> stamps = List.of(
                    new UTime(0, 0), new UTime(1_700_000_000L, 999_999_999), new UTime(0xffff_ffffL, 0xffff_ffffL));
            for (UTime stamp : stamps) {
                bench.receive(new Keepalive2(stamp));
            }
            List<Written> frames = bench.poll();
            assertThat(frames.subList(0, 3))
                    .extracting(Written::control)
                    .containsExactly(
                            new Keepalive2Ack(stamps.get(0)),
                            new Keepalive2Ack(stamps.get(1)),
                            new Keepalive2Ack(stamps.get(2)));
            assertThat(written(frames)).hasSize(100);
            bench.session().markDown();
        }
    }

    @Scenario("P29")
    @ParameterizedTest
    @EnumSource
    void aKeepaliveBeforeReadyIsAFault(SessionMode mode) throws ProtocolException {
        for (Policy policy : List.of(Policy.lossyClient(), Policy.losslessClient())) {
            try (SessionBench bench = SessionBench.of(policy, leaks.allocator()).over(mode)) {
                bench.session().connect(bench.nowNs());
                bench.secure();
                assertThat(bench.poll()).extracting(Written::tag).containsExactly(Tag.CLIENT_IDENT);
                bench.receive(new Keepalive2(bench.wall()));
                assertThat(bench.session().state()).isEqualTo(SessionState.BACKOFF);
                assertThat(bench.effects().events(SessionEvent.AttemptFailed.class))
                        .singleElement()
                        .satisfies(failed -> {
                            assertThat(failed.cause().kind()).isEqualTo(FaultKind.SEQUENCE);
                            assertThat(failed.cause()).hasMessageContaining("KEEPALIVE2");
                        });
                bench.session().markDown();
            }
        }
    }

    @Scenario("P30")
    @ParameterizedTest
    @EnumSource
    void aKeepaliveThatWaitsPreventsStandby(SessionMode mode) throws ProtocolException {
        for (boolean waits : new boolean[] {true, false}) {
            try (SessionBench bench = bench(mode, Policy.losslessPeer())) {
                bench.session().sendKeepalive(1, bench.wall(), bench.nowNs());
                if (!waits) {
                    assertThat(bench.poll()).extracting(Written::tag).containsExactly(Tag.KEEPALIVE2);
                }
                bench.transportDown(new ProtocolException(FaultKind.TRANSPORT, "lost"));
                assertThat(bench.session().state()).isEqualTo(waits ? SessionState.CONNECTING : SessionState.STANDBY);
                bench.session().markDown();
            }
        }
    }
}
