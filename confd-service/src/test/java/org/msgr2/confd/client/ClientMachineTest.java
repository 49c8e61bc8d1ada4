package org.msgr2.confd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgr2.confd.Vectors;
import org.msgr2.confd.wire.Answer;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.MasterField;
import org.msgr2.confd.wire.Query;
import org.msgr2.confd.wire.ReplyEncoder;
import org.msgr2.confd.wire.Request;
import org.msgr2.confd.wire.RequestDecoder;
import org.msgr2.confd.wire.WireLimits;
import org.msgr2.confd.wire.WireMode;

class ClientMachineTest {
    private static final ConfdKey KEY = ConfdKey.of(Vectors.bytes("confd-hmac.key"));
    private static final long WALL_S = 1_700_000_000;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final SplittableRandom random = new SplittableRandom(1);
    private final Map<String, byte[]> sent = new LinkedHashMap<>();
    private final List<Upcall<String>> upcalls = new ArrayList<>();
    private final RequestDecoder server = new RequestDecoder(KEY, WireMode.V3_0, WireLimits.DEFAULTS);
    private long nowNs = 5;
    private ClientMachine<String> machine = machine(3);

    private ClientMachine<String> machine(int peers) {
        return machine(peers, ClientOptions.DEFAULTS);
    }

    private ClientMachine<String> machine(int peers, ClientOptions options) {
        List<String> names = IntStream.range(0, peers).mapToObj(i -> "peer" + i).toList();
        return new ClientMachine<>(KEY, names, options, random::nextBytes, sent::put);
    }

    private String ask(Question question, int coverage) {
        return machine.ask(question, coverage, upcalls::add, nowNs, WALL_S);
    }

    private void replies(String peer, String salt, String answer, long serial) {
        replies(KEY, peer, salt, answer, serial);
    }

    private void replies(ConfdKey key, String peer, String salt, String answer, long serial) {
        ReplyEncoder encoder = new ReplyEncoder(key, WireLimits.DEFAULTS);
        assertThat(encoder.encode(Answer.ok(out -> out.writeString(answer), serial), salt))
                .isTrue();
        machine.received(encoder.bytes(), 0, encoder.length(), peer, nowNs);
    }

    private Request decoded(byte[] datagram) {
        return (Request) server.decode(datagram, 0, datagram.length, WALL_S);
    }

    @Test
    void everyPeerOfARequestGetsTheSameDatagramWithAFreshSalt() {
        String salt = ask(Question.nodeRole("node1"), Coverage.ALL);
        assertThat(sent).containsOnlyKeys("peer0", "peer1", "peer2");
        for (byte[] datagram : sent.values()) {
            Request request = decoded(datagram);
            assertThat(request.rsalt()).isEqualTo(salt);
            assertThat(request.query()).isEqualTo(new Query.Text("node1"));
        }
        assertThat(ask(Question.nodeRole("node1"), Coverage.ALL)).isNotEqualTo(salt);
    }

    @ParameterizedTest
    @CsvSource({"0,3,3", "0,9,6", "-1,9,9", "1,9,1", "9,9,9"})
    void coverageIsTheNumberOfPeersThatAreAsked(int coverage, int peers, int asked) {
        machine = machine(peers);
        ask(Question.ping(), coverage);
        assertThat(sent).hasSize(asked);
    }

    @Test
    void moreThanThereAreIsAnError() {
        assertThatThrownBy(() -> ask(Question.ping(), 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ask(Question.ping(), -2)).isInstanceOf(IllegalArgumentException.class);
        assertThat(sent).isEmpty();
    }

    @Test
    void allPeersHaveTheirTurn() {
        machine = machine(5);
        Set<String> asked = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            sent.clear();
            ask(Question.ping(), 1);
            asked.addAll(sent.keySet());
        }
        assertThat(asked).hasSize(5);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,2", "4,3", "5,3", "6,4", "7,4"})
    void enoughReplies(int asked, int needed) {
        assertThat(Coverage.needed(asked)).isEqualTo(needed);
    }

    @Test
    void everyReplyIsPassedOnAndThenTheExpiry() {
        String salt = ask(Question.ping(), Coverage.ALL);
        replies("peer1", salt, "a", 1);
        replies("peer1", salt, "a", 1);
        replies("peer2", salt, "b", 2);
        assertThat(upcalls).hasSize(3).allMatch(upcall -> upcall instanceof Upcall.Replied);
        assertThat(machine.progress(salt)).isEqualTo(new ClientMachine.Progress(3, 3));
        nowNs += 10 * SECOND;
        machine.onTime(nowNs);
        assertThat(upcalls).hasSize(4).last().isEqualTo(new Upcall.Expired<>(salt, Question.ping()));
        replies("peer0", salt, "late", 3);
        assertThat(upcalls).hasSize(4);
        assertThat(machine.ignored()).isOne();
    }

    @Test
    void repliesWithAnotherKeyOrSaltAndNoiseAreIgnored() {
        String salt = ask(Question.ping(), Coverage.ALL);
        replies(ConfdKey.of(new byte[] {1}), "peer0", salt, "a", 1);
        replies("peer0", salt + "x", "a", 1);
        machine.received(new byte[] {'p', 'l', 'j', '0', '{'}, 0, 5, "peer0", nowNs);
        assertThat(upcalls).isEmpty();
        assertThat(machine.ignored()).isEqualTo(3);
    }

    @Test
    void expiryIsCheckedWhenSomethingIsAskedOrReceived() {
        String first = ask(Question.ping(), 1);
        nowNs += 10 * SECOND;
        String second = ask(Question.ping(), 1);
        assertThat(upcalls).extracting(Upcall::salt).containsExactly(first);
        machine.extend(second, 10 * SECOND);
        nowNs += 10 * SECOND;
        machine.onTime(nowNs);
        assertThat(upcalls).hasSize(1);
        assertThat(machine.progress(second)).isNotNull();
    }

    @Test
    void liveRequestsAreBounded() {
        machine = machine(1, ClientOptions.DEFAULTS.withRequestsMax(2));
        ask(Question.ping(), 1);
        ask(Question.ping(), 1);
        assertThatThrownBy(() -> ask(Question.ping(), 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatTheEraOrADatagramCannotHoldIsRefusedHere() {
        machine = machine(1, ClientOptions.DEFAULTS.withEra(Era.V2_7));
        assertThatThrownBy(() -> ask(Question.configQuery("/x"), 1)).hasMessageContaining("config-query");
        assertThatThrownBy(() -> ask(Question.nodeRole("x".repeat(5000)), 1)).hasMessageContaining("4096");
        assertThat(sent).isEmpty();
    }

    @Test
    void fieldNumbersAreStringsForTheEarlierEra() {
        machine = machine(1, ClientOptions.DEFAULTS.withEra(Era.V2_7));
        ask(Question.clusterMaster(MasterField.CLUSTER_IP, MasterField.NAME), 1);
        byte[] datagram = sent.get("peer0");
        RequestDecoder earlier = new RequestDecoder(KEY, WireMode.V2_7, WireLimits.DEFAULTS);
        assertThat(earlier.decode(datagram, 0, datagram.length, WALL_S))
                .isInstanceOfSatisfying(
                        Request.class,
                        request -> assertThat(((Query.Fields) request.query()).fields())
                                .isEqualTo(Arrays.asList(MasterField.CLUSTER_IP, MasterField.NAME)));
    }
}
