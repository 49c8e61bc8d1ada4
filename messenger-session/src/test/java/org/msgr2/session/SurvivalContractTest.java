package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.testing.FlakyTransport;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/** Sessions that outlive their connections, on every transport: nothing lost, nothing twice, in order. */
@Timeout(60)
abstract class SurvivalContractTest extends NetworkTestBase<TestNetwork> {
    private static final int TYPE = 0x7c05;

    private static final Limits QUICK = Limits.defaults()
            .withTimeouts(Limits.defaults().timeouts().withBackoff(Duration.ofMillis(10), Duration.ofMillis(20)));

    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final RecordingDispatcher atClient = new RecordingDispatcher();

    private FlakyTransport cutAtServer;
    private FlakyTransport cutAtClient;

    private Messenger server(Policy policy) {
        cutAtServer = new FlakyTransport(network.transport(leaks.allocator()));
        return start(network.messenger("osd.3", leaks.allocator(), cutAtServer)
                .acceptPolicy(policy)
                .dialPolicy(policy.server() ? Policy.lossyClient() : policy)
                .limits(QUICK)
                .dispatcher(atServer));
    }

    private Messenger client(String name, Policy policy) {
        cutAtClient = new FlakyTransport(network.transport(leaks.allocator()));
        return start(network.messenger(name, leaks.allocator(), cutAtClient)
                .dialPolicy(policy)
                .acceptPolicy(policy.server() || policy.standby() ? policy : Policy.statelessServer())
                .limits(QUICK)
                .dispatcher(atClient));
    }

    private void send(Connection connection, long from, long to) {
        for (long tid = from; tid <= to; tid++) {
            assertThat(connection
                            .send(message(TYPE, tid, (int) (tid % 5) * 300))
                            .accepted())
                    .isTrue();
        }
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private Connection accepted() {
        network.await("accepted", () -> atServer.count(SessionEvent.Accepted.class) > 0);
        return atServer.log().get(0).connection();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Scenario({"S09", "P03"})
    void everyMessageArrivesOnceAndInOrderHoweverOftenTheConnectionBreaks(boolean atServersEnd) {
        EntityAddr addr = bind(server(Policy.statefulServer()));
        Connection client = client("client.7", Policy.losslessClient()).connect(EntityType.OSD, addr);
        network.get("ready", client.ready());
        Connection server = accepted();
        for (int round = 0; round < 20; round++) {
            send(client, 50L * round + 1, 50L * round + 50);
            send(server, 50L * round + 1, 50L * round + 50);
            (atServersEnd ? cutAtServer : cutAtClient).cut();
        }
        network.await("all at the server", () -> atServer.messages().size() >= 1000);
        network.await("all at the client", () -> atClient.messages().size() >= 1000);
        network.settle();

        assertThat(atServer.tids()).isEqualTo(numbers(1, 1000));
        assertThat(atClient.tids()).isEqualTo(numbers(1, 1000));
        assertThat(atServer.log()).extracting(heard -> heard.connection()).containsOnly(server);
        // Everything may have arrived before the first cut.
        network.await("again", () -> atClient.count(SessionEvent.Connected.class) > 1);
        assertThat(atClient.all(SessionEvent.Discarded.class)).isEmpty();
        assertThat(atClient.all(SessionEvent.RemoteReset.class)).isEmpty();
        network.await("acknowledged", () -> client.queuedMessages() == 0 && server.queuedMessages() == 0);
        assertThat(client.queuedBytes()).isZero();
    }

    @Test
    @Scenario("P07")
    void aLostConnectionIsReplacedByOneReconnect() {
        EntityAddr addr = bind(server(Policy.statefulServer()));
        Connection client = client("client.7", Policy.losslessClient()).connect(EntityType.OSD, addr);
        network.get("ready", client.ready());
        accepted();
        cutAtClient.cut();
        network.await("again", () -> atClient.count(SessionEvent.Connected.class) == 2);
        network.await("again at the server", () -> atServer.count(SessionEvent.Accepted.class) == 2);
        assertThat(atClient.count(SessionEvent.Interrupted.class)).isEqualTo(1);
        assertThat(atClient.count(SessionEvent.AttemptFailed.class)).isZero();
        assertThat(cutAtClient.streams()).isEqualTo(2);
    }

    @Test
    @Scenario({"S30", "P12"})
    void aServerThatHasForgottenTheSessionSaysSo() {
        EntityAddr addr = bind(server(Policy.statefulServer()));
        Connection client = client("client.7", Policy.losslessClient()).connect(EntityType.OSD, addr);
        network.get("ready", client.ready());
        accepted().markDown();
        network.await("a new session", () -> atClient.count(SessionEvent.RemoteReset.class) == 1);
        network.await("ready again", () -> atClient.count(SessionEvent.Connected.class) == 2);
        send(client, 1, 3);
        network.await("its messages", () -> atServer.messages().size() == 3);
        assertThat(atServer.tids()).isEqualTo(numbers(1, 3));
        assertThat(atServer.log().stream().map(heard -> heard.connection()).distinct())
                .as("the session that was marked down, and its successor")
                .hasSize(2);
    }

    @Test
    @Scenario("P16")
    void aPeerWithNothingToSendIsQuietUntilItHas() {
        EntityAddr addr = bind(server(Policy.losslessPeer()));
        Messenger peer = client("osd.7", Policy.losslessPeer());
        bind(peer);
        Connection client = peer.connect(EntityType.OSD, addr);
        network.get("ready", client.ready());
        network.await("accepted", () -> atServer.count(SessionEvent.Accepted.class) > 0);
        cutAtClient.cut();
        network.await("standby", () -> atClient.count(SessionEvent.Interrupted.class) == 1);
        network.settle();
        assertThat(atClient.all(SessionEvent.Interrupted.class).get(0).waiting())
                .isTrue();
        assertThat(atClient.count(SessionEvent.Connected.class)).isEqualTo(1);
        send(client, 1, 1);
        network.await("arrived", () -> atServer.messages().size() == 1);
        network.await("connected", () -> atClient.count(SessionEvent.Connected.class) == 2);
    }

    @Test
    @Scenario("S20")
    void eitherPeerDialsWhenItHasSomethingToSend() {
        EntityAddr addr = bind(server(Policy.losslessPeer()));
        Messenger peer = client("osd.7", Policy.losslessPeer());
        bind(peer);
        Connection client = peer.connect(EntityType.OSD, addr);
        network.get("ready", client.ready());
        Connection server = accepted();
        cutAtClient.cut();
        network.await("standby", () -> atServer.count(SessionEvent.Interrupted.class) == 1);
        send(server, 1, 1);
        network.await("arrived", () -> atClient.messages().size() == 1);
        assertThat(atClient.log().get(atClient.log().size() - 1).connection()).isSameAs(client);
        network.await("dialled", () -> atServer.count(SessionEvent.Connected.class) == 1);
        assertThat(atClient.count(SessionEvent.Accepted.class)).isEqualTo(1);
    }

    @Test
    @Scenario("S21")
    void peersThatDialEachOtherAtTheSameTimeHaveOneSession() {
        Messenger one = server(Policy.losslessPeer());
        Messenger other = client("osd.7", Policy.losslessPeer());
        EntityAddr addrOfOne = bind(one);
        EntityAddr addrOfOther = bind(other);
        Connection fromOther = other.connect(EntityType.OSD, addrOfOne);
        Connection fromOne = one.connect(EntityType.OSD, addrOfOther);
        send(fromOther, 1, 100);
        send(fromOne, 1, 100);
        network.await("all at one", () -> atServer.messages().size() >= 100);
        network.await("all at the other", () -> atClient.messages().size() >= 100);
        network.settle();
        assertThat(atServer.tids()).isEqualTo(numbers(1, 100));
        assertThat(atClient.tids()).isEqualTo(numbers(1, 100));
        assertThat(one.connections()).containsExactly(fromOne);
        assertThat(other.connections()).containsExactly(fromOther);
        network.await("one stream", () -> cutAtClient.openStreams() == 1 && cutAtServer.openStreams() == 1);
    }

    @Test
    @Scenario("S39")
    void aRegisteredLossyClientMayComeBack() {
        EntityAddr addr = bind(server(Policy.statelessRegisteredServer()));
        Messenger client = client("client.7", Policy.lossyClient());
        network.get("ready", client.connect(EntityType.OSD, addr).ready());
        Connection first = accepted();
        client.connections().iterator().next().markDown();
        network.get("ready", client.connect(EntityType.OSD, addr).ready());
        network.await("two", () -> atServer.count(SessionEvent.Accepted.class) == 2);
        network.await(
                "the older is gone", () -> first.closed().toCompletableFuture().isDone());
        assertThat(atServer.count(SessionEvent.Reset.class)).isEqualTo(1);
    }

    @Test
    @Scenario("P43")
    void aDisposableConnectionGoesOnUntilItsFirstFault() {
        EntityAddr addr = bind(server(Policy.statefulServer()));
        Connection client = client("client.7", Policy.losslessClient()).connect(EntityType.OSD, addr);
        network.get("ready", client.ready());
        Connection server = accepted();
        client.markDisposable();
        send(server, 1, 50);
        network.await("all at the client", () -> atClient.messages().size() == 50);
        network.await("acknowledged", () -> server.queuedMessages() == 0);
        cutAtClient.cut();
        network.get("ended", client.closed());
        network.settle();
        assertThat(atClient.count(SessionEvent.Reset.class)).isEqualTo(1);
        assertThat(atClient.count(SessionEvent.Interrupted.class)).isZero();
        assertThat(cutAtClient.streams()).as("it has not dialled again").isEqualTo(1);
    }

    @Test
    @Scenario("P43")
    void aServerDoesNotKeepADisposableSession() {
        EntityAddr addr = bind(server(Policy.statefulServer()));
        Connection client = client("client.7", Policy.losslessClient()).connect(EntityType.OSD, addr);
        network.get("ready", client.ready());
        Connection server = accepted();
        server.markDisposable();
        send(server, 1, 1);
        network.await("what was said behind it", () -> atClient.messages().size() == 1);
        cutAtServer.cut();
        network.get("ended", server.closed());
        network.await("a new session", () -> atClient.count(SessionEvent.Connected.class) == 2);
        assertThat(atServer.count(SessionEvent.Reset.class)).isEqualTo(1);
        assertThat(atClient.count(SessionEvent.RemoteReset.class)).isEqualTo(1);
        send(client, 1, 3);
        network.await("its messages", () -> atServer.messages().size() == 3);
    }

    @Test
    void closingWaitsForWhatIsNotAcknowledged() {
        EntityAddr addr = bind(server(Policy.statefulServer()));
        Connection client = client("client.7", Policy.losslessClient()).connect(EntityType.OSD, addr);
        send(client, 1, 100);
        network.get("closed", client.close());
        network.await("all", () -> atServer.messages().size() == 100);
        assertThat(atClient.count(SessionEvent.Discarded.class)).isZero();
    }
}
