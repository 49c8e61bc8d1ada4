package org.msgr2.confd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.confd.Vectors;
import org.msgr2.confd.wire.Answer;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.ReplyEncoder;
import org.msgr2.confd.wire.Request;
import org.msgr2.confd.wire.RequestDecoder;
import org.msgr2.confd.wire.WireLimits;
import org.msgr2.confd.wire.WireMode;

/** When a question is sent again, in virtual time. */
class ResendTest {
    private static final ConfdKey KEY = ConfdKey.of(Vectors.bytes("confd-hmac.key"));
    private static final long WALL_S = 1_700_000_000;
    private static final long MS = Duration.ofMillis(1).toNanos();

    /** Close to where the clock of a JVM may wrap around. */
    private static final long START_NS = Long.MAX_VALUE - 4_000 * MS;

    private record Sent(long atMs, String peer, byte[] datagram) {}

    private final List<Sent> sent = new ArrayList<>();
    private final List<Upcall<String>> upcalls = new ArrayList<>();
    private long nowNs = START_NS;
    private ClientMachine<String> machine = machine(3, ClientOptions.DEFAULTS, 1);

    private ClientMachine<String> machine(int peers, ClientOptions options, long seed) {
        List<String> names = IntStream.range(0, peers).mapToObj(i -> "peer" + i).toList();
        return new ClientMachine<>(
                KEY,
                names,
                options,
                new SplittableRandom(seed)::nextBytes,
                (peer, datagram) -> sent.add(new Sent((nowNs - START_NS) / MS, peer, datagram)));
    }

    private String ask(int coverage) {
        return machine.ask(Question.ping(), coverage, upcalls::add, nowNs, WALL_S);
    }

    /** Lets time pass up to a moment, waking the machine whenever it wants to be. */
    private void runTo(long ms) {
        long endNs = START_NS + ms * MS;
        for (Long next = machine.nextTimeNs(nowNs);
                next != null && next - endNs <= 0;
                next = machine.nextTimeNs(nowNs)) {
            assertThat(next - nowNs).as("time goes on").isPositive();
            nowNs = next;
            machine.onTime(nowNs);
        }
        nowNs = endNs;
    }

    private void reply(String peer, String salt) {
        ReplyEncoder encoder = new ReplyEncoder(KEY, WireLimits.DEFAULTS);
        assertThat(encoder.encode(Answer.ok(out -> out.writeNumber(1), 1), salt))
                .isTrue();
        machine.received(encoder.bytes(), 0, encoder.length(), peer, nowNs);
    }

    private List<Long> times(String peer) {
        return sent.stream()
                .filter(each -> each.peer().equals(peer))
                .map(Sent::atMs)
                .toList();
    }

    @Test
    void aSilentPeerIsAskedAgainAfter1And3And7SecondsAndNeverAfterThat() {
        ask(Coverage.ALL);
        runTo(100_000);
        for (String peer : List.of("peer0", "peer1", "peer2")) {
            assertThat(times(peer)).containsExactly(0L, 1_000L, 3_000L, 7_000L);
        }
        assertThat(machine.resent()).isEqualTo(9);
        assertThat(upcalls).singleElement().isInstanceOf(Upcall.Expired.class);
        assertThat(machine.nextTimeNs(nowNs)).isNull();
    }

    @Test
    void itIsTheSameDatagramSoThatEveryReplyCounts() {
        String salt = ask(1);
        runTo(5_000);
        RequestDecoder server = new RequestDecoder(KEY, WireMode.V3_0, WireLimits.DEFAULTS);
        assertThat(sent).hasSize(3).allSatisfy(each -> {
            assertThat(each.datagram()).isEqualTo(sent.get(0).datagram());
            assertThat(((Request) server.decode(each.datagram(), 0, each.datagram().length, WALL_S)).rsalt())
                    .isEqualTo(salt);
        });
        reply(sent.get(0).peer(), salt);
        reply(sent.get(0).peer(), salt); // to the first and to the second time
        assertThat(upcalls).hasSize(2);
        assertThat(machine.progress(salt)).isEqualTo(new ClientMachine.Progress(1, 2));
    }

    @Test
    void whoHasRepliedIsNotAskedAgain() {
        String salt = ask(Coverage.ALL);
        runTo(500);
        reply("peer1", salt);
        runTo(2_000);
        reply("peer2", salt);
        runTo(60_000);
        assertThat(times("peer0")).containsExactly(0L, 1_000L, 3_000L, 7_000L);
        assertThat(times("peer1")).containsExactly(0L);
        assertThat(times("peer2")).containsExactly(0L, 1_000L);
    }

    @Test
    void onlyThosePeersAreAskedAgainThatWereAskedAtAll() {
        machine = machine(9, ClientOptions.DEFAULTS, 1);
        ask(2);
        runTo(60_000);
        assertThat(sent)
                .extracting(Sent::peer)
                .hasSize(8)
                .containsOnly(sent.get(0).peer(), sent.get(1).peer());
    }

    @Test
    void whatIsForgottenIsNotSentAgain() {
        String salt = ask(Coverage.ALL);
        runTo(1_500);
        machine.forget(salt);
        runTo(60_000);
        assertThat(sent).hasSize(6);
        assertThat(upcalls).isEmpty();
    }

    @Test
    void nothingIsSentAgainAfterTheExpiry() {
        machine = machine(1, ClientOptions.DEFAULTS.withExpiryNs(3_000 * MS), 1);
        ask(1);
        runTo(60_000);
        assertThat(times("peer0")).containsExactly(0L, 1_000L);
    }

    @Test
    void whoWakesUpLateSendsOnce() {
        ask(1);
        nowNs += 9_000 * MS;
        machine.onTime(nowNs);
        machine.onTime(nowNs);
        assertThat(sent).hasSize(2);
    }

    @Test
    void ganetisOwnClientsAskOnce() {
        machine = machine(2, ClientOptions.DEFAULTS.withResend(Resend.NEVER), 1);
        ask(Coverage.ALL);
        runTo(60_000);
        assertThat(sent).hasSize(2);
        assertThat(machine.resent()).isZero();
    }

    @Test
    void theIntervalDoublesUpToItsBound() {
        Resend resend = new Resend(6, 100 * MS, 500 * MS);
        machine = machine(1, ClientOptions.DEFAULTS.withResend(resend), 1);
        ask(1);
        runTo(60_000);
        assertThat(times("peer0")).containsExactly(0L, 100L, 300L, 700L, 1_200L, 1_700L, 2_200L);
    }

    @Test
    void callersInAHurrySendAgainSooner() {
        long timeoutNs = 2_000 * MS;
        machine = machine(
                1, ClientOptions.DEFAULTS.withExpiryNs(timeoutNs).withResend(Resend.DEFAULTS.within(timeoutNs)), 1);
        ask(1);
        runTo(60_000);
        assertThat(times("peer0")).containsExactly(0L, 200L, 600L, 1_400L);
        assertThat(Resend.DEFAULTS.within(3_600_000 * MS)).isEqualTo(Resend.DEFAULTS);
    }

    /** Half of all datagrams are lost, in either direction: without sending again one in four questions would be answered. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aQuorumIsReadThroughLosses(long seed) {
        int questions = 200;
        int answered = 0;
        SplittableRandom losses = new SplittableRandom(seed);
        for (int i = 0; i < questions; i++) {
            sent.clear();
            nowNs = START_NS;
            machine = machine(3, ClientOptions.DEFAULTS, seed + 1000L * i);
            List<QuorumResult> results = new ArrayList<>();
            String salt = machine.ask(
                    Question.ping(), Coverage.ALL, new QuorumRead<>(3, Coverage.ALL, results::add), nowNs, WALL_S);
            int seen = 0;
            for (long ms = 0; ms <= 10_000 && results.isEmpty(); ms += 100) {
                runTo(ms);
                for (; seen < sent.size(); seen++) {
                    if (losses.nextInt(4) == 0) {
                        reply(sent.get(seen).peer(), salt);
                    }
                }
            }
            answered += results.get(0).timedOut() ? 0 : 1;
        }
        // Of three peers two have to reply; each does with 1 - (3/4)^4 = 0.68: 0.77 of all questions.
        assertThat(answered).as("seed " + seed).isBetween(questions * 65 / 100, questions * 90 / 100);
    }

    @Test
    void theSameSeedAndTimesSendTheSame() {
        List<List<Sent>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            sent.clear();
            nowNs = START_NS;
            machine = machine(5, ClientOptions.DEFAULTS, 7);
            String salt = ask(3);
            runTo(2_000);
            reply(sent.get(1).peer(), salt);
            runTo(60_000);
            runs.add(List.copyOf(sent));
        }
        assertThat(runs.get(1)).usingRecursiveComparison().isEqualTo(runs.get(0));
    }

    @Test
    void timesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new Resend(-1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Resend(1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Resend(1, 2, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
