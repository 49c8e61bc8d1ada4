package org.msgr2.examples.msgr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeature;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.mon.MonCommandAck;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;

/** A conversation with one monitor, of one command at most. */
final class MonSession implements AutoCloseable {
    private static final Policy POLICY =
            Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.of(CephFeature.MSG_ADDR2));

    /** Of the only command; a monitor repeats it in its answer. */
    private static final long COMMAND_TID = 1;

    private final Client client;
    private final Replies replies;
    private final EntityAddr monitor;

    private MonSession(Client client, Replies replies, EntityAddr monitor) {
        this.client = client;
        this.replies = replies;
        this.monitor = monitor;
    }

    /**
     * Connects to the first monitor that answers.
     *
     * @param access whose timeout is for each
     * @param monitors in the order in which they are tried
     */
    static MonSession connect(ClusterAccess access, List<EntityAddr> monitors) throws Failure, InterruptedException {
        Failure last = Failure.usage("no monitor was given");
        for (EntityAddr monitor : monitors) {
            Replies replies = new Replies();
            try {
                Client client = access.connect(
                        access.builder().dispatcher(replies).dialPolicy(POLICY), EntityType.MON, monitor);
                return new MonSession(client, replies, monitor);
            } catch (Failure e) {
                last = e;
            }
        }
        throw monitors.size() == 1
                ? last
                : Failure.of("none of " + monitors.size() + " monitors answered; the last: " + last.getMessage(), last);
    }

    /** Asks for the monitor map. */
    MonMap monMap() throws Failure, InterruptedException {
        send(Message.builder(MessageType.MON_GET_MAP).build(), "for its map");
        return client.await(replies.monMap, "no monitor map from " + monitor);
    }

    /**
     * Runs a command.
     *
     * @param json with the command's {@code prefix}
     * @param input what goes with it; may be empty
     */
    MonAnswer command(String json, byte[] input) throws Failure, InterruptedException {
        // A monitor answers only those who know which cluster they talk to.
        MonMap map = monMap();
        ByteBuf front = Unpooled.buffer();
        new MonCommand(map.fsid(), List.of(json)).write(new WireWriter(front));
        send(
                Message.builder(MessageType.MON_COMMAND)
                        .tid(COMMAND_TID)
                        .front(front)
                        .data(Unpooled.wrappedBuffer(input))
                        .build(),
                "to run a command");
        return client.await(replies.answer, "no answer to the command from " + monitor);
    }

    private void send(Message question, String what) throws Failure {
        SendResult sent = client.connection().send(question);
        if (!sent.accepted()) {
            question.release();
            throw Failure.of("cannot ask " + monitor + " " + what + ": " + sent.outcome());
        }
    }

    @Override
    public void close() {
        client.close();
    }

    /** A monitor also sends what was not asked for; that is not an error. */
    private static final class Replies implements Dispatcher {
        final CompletableFuture<MonMap> monMap = new CompletableFuture<>();
        final CompletableFuture<MonAnswer> answer = new CompletableFuture<>();

        @Override
        public boolean dispatch(Connection connection, Message message) {
            if (message.is(MessageType.MON_MAP)) {
                try {
                    monMap.complete(MonMap.of(message, Limits.defaults()));
                } catch (ProtocolException e) {
                    monMap.completeExceptionally(e);
                }
            } else if (message.is(MessageType.MON_COMMAND_ACK) && message.tid() == COMMAND_TID) {
                try {
                    MonCommandAck ack =
                            MonCommandAck.read(new WireReader(message.front().duplicate()));
                    answer.complete(new MonAnswer(ack.result(), ack.status(), ByteBufUtil.getBytes(message.data())));
                } catch (ProtocolException e) {
                    answer.completeExceptionally(e);
                }
            }
            return true;
        }
    }
}
