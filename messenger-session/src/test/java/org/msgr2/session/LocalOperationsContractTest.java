package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.core.FaultKind;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.SendResult.Outcome;
import org.msgr2.session.testing.HeldExecutor;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.RecordingDispatcher.Heard;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.Transport;

/** What an application does to its own messenger (spec/msgr2 §5.9), on every transport. */
@Timeout(60)
abstract class LocalOperationsContractTest extends NetworkTestBase<TestNetwork> {
    private static final int TYPE = 0x7d00;
    private static final int FAST_TYPE = 0x7d01;
    private static final int MESSAGES_MAX = 8;

    private static final Limits QUICK = Limits.defaults()
            .withTimeouts(Limits.defaults().timeouts().withBackoff(Duration.ofMillis(10), Duration.ofMillis(20)));

    private final RecordingDispatcher atServer = new RecordingDispatcher().fast(FAST_TYPE);
    private final RecordingDispatcher atClient = new RecordingDispatcher();

    private Messenger server() {
        return start(messenger("osd.3").dispatcher(atServer));
    }

    private Messenger client() {
        return start(messenger("client.7").limits(QUICK).dispatcher(atClient));
    }

    private Connection connect(Messenger client, EntityAddr addr) {
        Connection connection = client.connect(EntityType.OSD, addr);
        network.get("ready", connection.ready());
        return connection;
    }

    private void awaitAccepted(int count) {
        network.await(count + " accepted", () -> atServer.count(SessionEvent.Accepted.class) == count);
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static EntityAddrVec rebind(Messenger messenger, Set<Integer> avoided) {
        try {
            return messenger.rebind(avoided);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // --- To ourselves

    @Test
    @Scenario({"S43", "P01"})
    void aConnectionToOneselfNeedsNoSocket() {
        Messenger messenger = server();
        EntityAddr addr = bind(messenger);
        Connection self = connect(messenger, addr);
        assertThat(messenger.connect(EntityType.ANY, addr)).isSameAs(self);
        assertThat(messenger.connections()).containsExactly(self);
        for (long tid = 1; tid <= 100; tid++) {
            assertThat(self.send(message(TYPE, tid, (int) tid)).number()).isEqualTo(tid);
        }
        network.await("all", () -> atServer.messages().size() == 100);
        network.settle();

        assertThat(atServer.tids()).isEqualTo(numbers(1, 100));
        assertThat(atServer.messages())
                .allMatch(received -> received.connection().equals(self));
        assertThat(atServer.messages().get(99).front().length()).isEqualTo(100);
        assertThat(atServer.log().get(0).what()).isInstanceOf(SessionEvent.Connected.class);
        assertThat(atServer.events()).as("once").hasSize(1);
        assertThat(messenger.stats().accepted()).isZero();
        assertThat(messenger.stats().connections()).isEqualTo(1);
        network.await("all handled", () -> self.queuedMessages() == 0);
        assertThat(self.queuedBytes()).isZero();
        assertThat(network.get("a ping", self.ping())).isZero();
    }

    @Test
    void whatOneSendsToOneselfCanBeTakenOnTheLoop() {
        Messenger messenger = server();
        Connection self = connect(messenger, bind(messenger));
        for (long tid = 1; tid <= 20; tid++) {
            self.send(message(FAST_TYPE, tid));
        }
        network.await("all", () -> atServer.messages().size() == 20);
        assertThat(atServer.messages()).allMatch(Received::fast);
        assertThat(atServer.tids()).isEqualTo(numbers(1, 20));
        network.await("all handled", () -> self.queuedMessages() == 0);
    }

    @Test
    @Scenario("S43")
    void noThrottleHoldsWhatOneSendsToOneself() {
        Limits tight = Limits.defaults().withQueues(Limits.defaults().queues().withDispatch(1, 1));
        HeldExecutor workers = new HeldExecutor(network.workers());
        Messenger messenger =
                start(messenger("osd.3").limits(tight).workerPool(workers).dispatcher(atServer));
        Connection self = messenger.connect(EntityType.OSD, bind(messenger));
        for (long tid = 1; tid <= 10; tid++) {
            assertThat(self.send(message(TYPE, tid, 100)).accepted()).isTrue();
        }
        assertThat(messenger.stats().dispatchBytes()).isZero();
        workers.release();
        network.await("all", () -> atServer.messages().size() == 10);
    }

    @Test
    void theQueueToOneselfIsBounded() {
        Limits small = Limits.defaults().withQueues(Limits.defaults().queues().withSend(MESSAGES_MAX, 1000));
        HeldExecutor workers = new HeldExecutor(network.workers());
        Messenger messenger =
                start(messenger("osd.3").limits(small).workerPool(workers).dispatcher(atServer));
        Connection self = messenger.connect(EntityType.OSD, bind(messenger));
        for (long tid = 1; tid <= MESSAGES_MAX; tid++) {
            assertThat(self.send(message(TYPE, tid)).accepted()).isTrue();
        }
        Message beyond = message(TYPE, MESSAGES_MAX + 1);
        assertThat(self.send(beyond).outcome()).isEqualTo(Outcome.BACK_PRESSURED);
        workers.release();
        network.await("it may go on", () -> atServer.count(SessionEvent.Writable.class) == 1);
        assertThat(self.send(beyond).accepted()).isTrue();
        network.await("all", () -> atServer.messages().size() == MESSAGES_MAX + 1);
        assertThat(atServer.tids()).isEqualTo(numbers(1, MESSAGES_MAX + 1));
    }

    @Test
    void closingTheConnectionToOneselfWaitsForWhatIsQueued() {
        Messenger messenger = server();
        EntityAddr addr = bind(messenger);
        Connection self = connect(messenger, addr);
        for (long tid = 1; tid <= 10; tid++) {
            self.send(message(TYPE, tid));
        }
        network.get("the end", self.close());
        assertThat(atServer.tids()).isEqualTo(numbers(1, 10));
        assertThat(messenger.connections()).isEmpty();
        assertThat(atServer.count(SessionEvent.Reset.class)).isZero();
        assertThat(connect(messenger, addr)).as("another one").isNotSameAs(self);
    }

    @Test
    @Scenario("P42")
    void markingDownTheConnectionToOneselfDiscardsWhatIsQueued() {
        HeldExecutor workers = new HeldExecutor(network.workers());
        Messenger messenger = start(messenger("osd.3").workerPool(workers).dispatcher(atServer));
        Connection self = messenger.connect(EntityType.OSD, bind(messenger));
        for (long tid = 1; tid <= 3; tid++) {
            self.send(message(TYPE, tid));
        }
        self.markDown();
        Message late = message(TYPE, 4);
        assertThat(self.send(late).outcome()).isEqualTo(Outcome.CLOSED);
        late.release();
        workers.release();
        network.get("the end", self.closed());
        assertThat(atServer.messages()).isEmpty();
        assertThat(atServer.all(SessionEvent.Discarded.class))
                .containsExactly(new SessionEvent.Discarded(1, 3, 3, "closed by the application"));
        assertThat(atServer.count(SessionEvent.Reset.class)).isZero();
    }

    @Test
    void whatOneSendsToOneselfCanBeTakenBack() {
        HeldExecutor workers = new HeldExecutor(network.workers());
        Messenger messenger = start(messenger("osd.3").workerPool(workers).dispatcher(atServer));
        Connection self = messenger.connect(EntityType.OSD, bind(messenger));
        self.send(message(TYPE, 1));
        SendResult second = self.send(message(TYPE, 2, 100));
        SendResult third = self.send(message(TYPE, 3));
        assertThat(second.revoke()).isEqualTo(SendResult.Revocation.REMOVED);
        assertThat(second.revoke()).isEqualTo(SendResult.Revocation.NOTHING);
        workers.release();
        network.await("the others", () -> atServer.messages().size() == 2);
        assertThat(atServer.tids()).containsExactly(1L, 3L);
        network.get("the end", self.close());
        assertThat(third.revoke()).isEqualTo(SendResult.Revocation.TOO_LATE);
        assertThat(atServer.count(SessionEvent.Discarded.class)).isZero();
    }

    @Test
    void oneselfIsOfOnesOwnType() {
        Messenger messenger = server();
        EntityAddr addr = bind(messenger);
        assertThatThrownBy(() -> messenger.connect(EntityType.MON, addr))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot connect to mon at " + addr + ": that is ourselves, of type osd");
        assertThat(messenger.connections()).isEmpty();
    }

    @Test
    void whatOneSendsToOneselfWhenTheLoopsHaveEndedIsDiscarded() {
        Transport transport = network.transport(leaks.allocator());
        Messenger messenger =
                start(network.messenger("osd.3", leaks.allocator(), transport).dispatcher(atServer));
        Connection self = connect(messenger, bind(messenger));
        transport.close();
        if (isEnded(transport)) {
            assertThat(self.send(message(FAST_TYPE, 1)).accepted()).isTrue();
            network.get("the end", self.closed());
            assertThat(atServer.all(SessionEvent.Discarded.class))
                    .containsExactly(new SessionEvent.Discarded(
                            1, 1, 1, "peer " + self.peerAddr() + ": the transport is closed"));
        }
        assertThat(atServer.messages()).isEmpty();
    }

    /** Those of virtual time go on. */
    private static boolean isEnded(Transport transport) {
        try {
            transport.loop(0).execute(() -> {});
            return false;
        } catch (RejectedExecutionException e) {
            return true;
        }
    }

    // --- Being another node

    @Test
    @Scenario({"P44", "P01"})
    void whoRebindsIsAnotherNodeToItsPeers() {
        Messenger server = server();
        EntityAddr before = bind(server);
        EntityAddr second = bind(server);
        Messenger client = client();
        Connection old = connect(client, before);
        awaitAccepted(1);
        Connection accepted = atServer.log().get(0).connection();
        Connection self = connect(server, before);

        EntityAddrVec after = rebind(server, Set.of());
        assertThat(after).isEqualTo(server.addresses());
        assertThat(after.addrs()).hasSize(2).allSatisfy(addr -> {
            assertThat(addr.nonce()).isEqualTo(before.nonce() + 1_000_000);
            assertThat(addr.port()).isNotIn(before.port(), second.port());
            assertThat(addr.ip()).isEqualTo(before.ip());
        });
        network.get("the accepted one ends", accepted.closed());
        network.get("that to itself too", self.closed());
        network.get("the peer notices", old.closed());
        network.await("reset events", () -> atServer.count(SessionEvent.Reset.class) == 2);
        assertThat(atServer.all(SessionEvent.Reset.class).get(0).cause())
                .hasMessageContaining("we are another node now, at " + after);

        network.get("ready", client.connect(EntityType.OSD, after.first()).ready());
        awaitAccepted(2);
        client.connect(EntityType.OSD, before);
        network.await("nobody is there", () -> atClient.count(SessionEvent.AttemptFailed.class) > 0);
        assertThat(atClient.all(SessionEvent.AttemptFailed.class).get(0).refused())
                .isTrue();
    }

    @Test
    @Scenario("P44")
    void rebindingAvoidsPorts() {
        Messenger server = server();
        Set<Integer> taken = new HashSet<>();
        taken.add(bind(server).port());
        for (int round = 0; round < 5; round++) {
            int port = rebind(server, Set.copyOf(taken)).first().port();
            assertThat(taken).doesNotContain(port);
            taken.add(port);
        }
        assertThat(server.addresses().first().nonce()).isEqualTo(5_000_000);
    }

    @Test
    void whoOnlyDialsIsAnotherNodeByItsNonce() {
        EntityAddr addr = bind(server());
        Messenger client = client();
        Connection old = connect(client, addr);
        EntityAddr before = client.addresses().first();
        rebind(client, Set.of());
        assertThat(old.send(message(TYPE, 1)).outcome()).isEqualTo(Outcome.CLOSED);
        network.get("the end", old.closed());
        Connection next = connect(client, addr);
        assertThat(next).isNotSameAs(old);
        assertThat(client.addresses().first().nonce()).isEqualTo(before.nonce() + 1_000_000);
        awaitAccepted(2);
        assertThat(atServer.all(SessionEvent.Accepted.class))
                .extracting(accepted -> accepted.info().peerAddrs().first().nonce())
                .containsExactly(before.nonce(), before.nonce() + 1_000_000);
        assertThat(atClient.count(SessionEvent.Reset.class)).isEqualTo(1);
    }

    @Test
    void whoIsClosedDoesNotRebind() {
        Messenger server = server();
        EntityAddr addr = bind(server);
        network.close(server);
        assertThatThrownBy(() -> server.rebind(Set.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the messenger is closed");
        assertThat(server.addresses().first()).isEqualTo(addr);
    }

    // --- Anonymous connections

    @Test
    @Scenario("S38")
    void anonymousConnectionsOfOneClientLiveSideBySide() {
        Messenger server = server();
        EntityAddr addr = bind(server);
        Messenger client = client();
        Connection shared = connect(client, addr);
        Connection one = client.connectAnonymously(EntityType.OSD, EntityAddrVec.of(addr));
        Connection other = client.connectAnonymously(EntityType.OSD, EntityAddrVec.of(addr));
        assertThat(Set.of(shared, one, other)).hasSize(3);
        assertThat(client.connect(EntityType.OSD, addr)).isSameAs(shared);
        network.get("one", one.ready());
        network.get("the other", other.ready());
        awaitAccepted(3);
        assertThat(atServer.all(SessionEvent.Accepted.class))
                .extracting(accepted -> accepted.info().peerAddrs())
                .as("the same addresses")
                .containsOnly(client.addresses());
        one.send(message(TYPE, 1));
        other.send(message(TYPE, 2));
        shared.send(message(TYPE, 3));
        network.await("all", () -> atServer.messages().size() == 3);
        assertThat(atServer.log().stream().map(Heard::connection).distinct()).hasSize(3);
        assertThat(server.connections()).hasSize(3);
        assertThat(atServer.count(SessionEvent.Reset.class)).isZero();
        one.markDown();
        network.await("gone", () -> server.connections().size() == 2);
        network.get("gone here too", one.closed());
        assertThat(client.connections()).containsExactlyInAnyOrder(shared, other);
    }

    @Test
    void anAnonymousConnectionIsLossy() {
        Messenger server =
                start(messenger("mds.0").acceptPolicy(Policy.statefulServer()).dispatcher(atServer));
        EntityAddr addr = bind(server);
        Messenger client =
                start(messenger("client.7").dialPolicy(Policy.losslessClient()).dispatcher(atClient));
        Connection anonymous = client.connectAnonymously(EntityType.MDS, EntityAddrVec.of(addr));
        assertThat(network.get("ready", anonymous.ready()).lossy()).isTrue();
        assertThat(anonymous.policy()).isEqualTo(Policy.lossyClient());
    }

    @Test
    void anonymousConnectionsToOneselfAreSeveralToo() {
        Messenger messenger = server();
        EntityAddr addr = bind(messenger);
        Connection shared = connect(messenger, addr);
        Connection one = messenger.connectAnonymously(EntityType.OSD, EntityAddrVec.of(addr));
        assertThat(one).isNotSameAs(shared);
        network.get("ready", one.ready());
        one.markDown();
        assertThat(messenger.connections()).containsExactly(shared);
        assertThat(messenger.connect(EntityType.OSD, addr)).isSameAs(shared);
    }

    // --- Dialling

    @Test
    @Scenario("S44")
    void onlyTheFirstAddressIsDialled() {
        Messenger server = server();
        EntityAddr there = bind(server);
        EntityAddr nobody = freeAddr();
        client().connect(EntityType.OSD, EntityAddrVec.of(nobody, there));
        network.await("it tries again", () -> atClient.count(SessionEvent.AttemptFailed.class) >= 3);
        assertThat(atClient.all(SessionEvent.AttemptFailed.class))
                .allMatch(SessionEvent.AttemptFailed::refused)
                .allSatisfy(failed -> assertThat(failed.cause()).hasMessageContaining(nobody.toString()));
        assertThat(server.stats().accepted()).isZero();
    }

    // --- Marking down

    @Test
    @Scenario("P42")
    void whatIsSentAfterMarkingDownStaysTheSenders() {
        EntityAddr addr = bind(server());
        Connection connection = connect(client(), addr);
        connection.markDown();
        Message late = message(TYPE, 1, 10);
        assertThat(connection.send(late).outcome()).isEqualTo(Outcome.CLOSED);
        assertThat(late.front().refCnt()).isEqualTo(1);
        late.release();
        network.get("the end", connection.closed());
        network.settle();
        assertThat(atClient.count(SessionEvent.Reset.class))
                .as("not for the caller")
                .isZero();
        assertThat(atServer.messages()).isEmpty();
    }

    @Test
    @Scenario("P13")
    void aClientWhoseStatelessServerMarksItDownGetsAResetAndANewSessionOnDemand() {
        Messenger server = server();
        EntityAddr addr = bind(server);
        Messenger client = client();
        Connection connection = connect(client, addr);
        awaitAccepted(1);
        server.connections().forEach(Connection::markDown);
        network.get("the end", connection.closed());
        network.await("reset", () -> atClient.count(SessionEvent.Reset.class) == 1);
        assertThat(atServer.count(SessionEvent.Reset.class)).isZero();
        Connection next = connect(client, addr);
        assertThat(next).isNotSameAs(connection);
        awaitAccepted(2);
        assertThat(next.stats()).isEqualTo(new ConnectionStats(1, 1, 0, 0, 0, 1, 0));
    }

    @Test
    void markingDownByAddressGivesAReset() {
        Messenger server = server();
        EntityAddr one = bind(server);
        EntityAddr other = bind(start(messenger("osd.4")));
        Messenger client = client();
        Connection toOne = connect(client, one);
        Connection toOther = connect(client, other);
        client.markDown(EntityAddrVec.of(one.withNonce(5)));
        client.markDown(EntityAddrVec.of(one));
        network.get("the end", toOne.closed());
        network.await("reset", () -> atClient.count(SessionEvent.Reset.class) == 1);
        SessionEvent.Reset reset = atClient.all(SessionEvent.Reset.class).get(0);
        assertThat(reset.cause()).hasMessage("peer " + one + ": marked down by the application");
        assertThat(reset.cause().kind()).isEqualTo(FaultKind.TRANSPORT);
        assertThat(client.connections()).containsExactly(toOther);
        client.markDownAll();
        network.get("the end", toOther.closed());
        network.await("reset", () -> atClient.count(SessionEvent.Reset.class) == 2);
        assertThat(client.connections()).isEmpty();
    }
}
