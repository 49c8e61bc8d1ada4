package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.SendResult.Revocation;
import org.msgr2.session.testing.HeldExecutor;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/** Messages that their sender takes back, from one end to the other. */
@Timeout(60)
class RevocationTest extends NetworkTestBase<TestNetwork> {
    private static final int TYPE = 0x7c05;
    private static final int MIB = 1 << 20;

    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final RecordingDispatcher atClient = new RecordingDispatcher();

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }

    @Test
    void whatIsTakenBackBeforeThePeerIsThereNeverArrivesAndCountsNoMore() {
        EntityAddr addr = freeAddr();
        Connection connection = start(messenger("client.7")
                        .dialPolicy(Policy.losslessClient())
                        .limits(Limits.defaults()
                                .withQueues(Limits.defaults().queues().withSend(10, MIB)))
                        .dispatcher(atClient))
                .connect(EntityType.OSD, addr);
        List<SendResult> sent = new ArrayList<>();
        for (long tid = 1; tid <= 10; tid++) {
            sent.add(connection.send(message(TYPE, tid, 1000)));
        }
        Message refused = message(TYPE, 11, 1000);
        SendResult full = connection.send(refused);
        assertThat(full.outcome()).isEqualTo(SendResult.Outcome.BACK_PRESSURED);
        assertThat(full.revoke()).isEqualTo(Revocation.NOTHING);
        for (int i = 0; i < 10; i += 2) {
            assertThat(sent.get(i).revoke()).isEqualTo(Revocation.REMOVED);
        }
        network.await("room", () -> connection.queuedMessages() == 5);
        assertThat(connection.queuedBytes()).isEqualTo(5000);
        network.await("told", () -> atClient.count(SessionEvent.Writable.class) == 1);
        assertThat(connection.send(refused).accepted()).isTrue();

        bind(start(messenger("osd.3").acceptPolicy(Policy.statefulServer()).dispatcher(atServer)), addr);
        network.await("arrived", () -> atServer.messages().size() == 6);
        network.await("acknowledged", () -> connection.queuedMessages() == 0);
        assertThat(atServer.tids()).containsExactly(2L, 4L, 6L, 8L, 10L, 11L);
        assertThat(atClient.all(SessionEvent.Discarded.class)).isEmpty();
    }

    @Test
    void aLargeMessageIsTakenBackInMidFrameAndTheConnectionGoesOn() {
        HeldExecutor busy = new HeldExecutor(network.workers());
        Messenger server = start(messenger("osd.3")
                .dispatcher(atServer)
                .workerPool(busy)
                .limits(Limits.defaults().withQueues(Limits.defaults().queues().withDispatch(1, 4096))));
        Connection connection =
                start(messenger("client.7").dispatcher(atClient)).connect(EntityType.OSD, bind(server));
        connection.send(message(TYPE, 1, 1000)); // holds all permits until it is handled
        SendResult large = connection.send(message(TYPE, 2, 16 * MIB));
        network.await("in mid-frame", () -> connection.queuedMessages() == 1);
        network.settle();
        assertThat(large.revoke()).isEqualTo(Revocation.ABORTED);
        connection.send(message(TYPE, 3, 1000));
        busy.release();
        network.await("the next one arrives", () -> atServer.messages().size() == 2);
        assertThat(atServer.tids()).containsExactly(1L, 3L);
        assertThat(connection.queuedBytes()).isZero();
        assertThat(atClient.all(SessionEvent.Reset.class)).isEmpty();
        network.await("permits are back", () -> server.stats().dispatchBytes() == 0);
    }

    @Test
    void everyMessageEitherArrivesOrIsTakenBackHoweverThreadsRace() {
        Messenger server =
                start(messenger("osd.3").acceptPolicy(Policy.statefulServer()).dispatcher(atServer));
        Connection connection =
                start(messenger("client.7").dialPolicy(Policy.losslessClient())).connect(EntityType.OSD, bind(server));
        int count = 5000;
        List<Long> removed = new ArrayList<>();
        CompletableFuture<Void> sender = CompletableFuture.runAsync(
                () -> {
                    List<SendResult> recent = new ArrayList<>();
                    for (long tid = 1; tid <= count; tid++) {
                        SendResult result = connection.send(message(TYPE, tid, 10));
                        assertThat(result.accepted()).isTrue();
                        recent.add(result);
                        if (tid % 3 == 0) {
                            SendResult one = recent.get(recent.size() - 1 - (int) (tid % 2));
                            if (one.revoke() == Revocation.REMOVED) {
                                removed.add(one.number());
                            }
                        }
                    }
                },
                network.workers());
        network.get("sent", sender);
        network.await("through", () -> connection.queuedMessages() == 0);
        network.await("arrived", () -> atServer.messages().size() == count - removed.size());
        assertThat(atServer.tids())
                .isEqualTo(LongStream.rangeClosed(1, count)
                        .boxed()
                        .filter(tid -> !removed.contains(tid))
                        .toList());
        assertThat(connection.queuedBytes()).isZero();
    }

    @Test
    void aClosedMessengerCountsNothingThatIsTakenBack() {
        Messenger client = start(messenger("client.7").dialPolicy(Policy.losslessClient()));
        Connection connection = client.connect(EntityType.OSD, freeAddr());
        SendResult sent = connection.send(message(TYPE, 1, 10));
        connection.markDown();
        network.await("closed", () -> connection.closed().toCompletableFuture().isDone());
        assertThat(sent.revoke()).isEqualTo(Revocation.NOTHING);
        assertThat(connection.queuedMessages()).isZero();
    }
}
