package org.msgr2.examples.msgr;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeature;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;

/** A conversation with one monitor. */
final class MonSession implements AutoCloseable {
    private static final Policy POLICY =
            Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.of(CephFeature.MSG_ADDR2));

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
     * @param monitors in the order in which they are tried
     * @param timeout for each
     */
    static MonSession connect(EntityName name, List<EntityAddr> monitors, Duration timeout)
            throws Failure, InterruptedException {
        Failure last = Failure.usage("no monitor was given");
        for (EntityAddr monitor : monitors) {
            Replies replies = new Replies();
            Messenger.Builder builder =
                    Messenger.builder(name.toString()).dispatcher(replies).dialPolicy(POLICY);
            try {
                return new MonSession(Client.connect(builder, EntityType.MON, monitor, timeout), replies, monitor);
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
        Message question = Message.builder(MessageType.MON_GET_MAP).build();
        SendResult sent = client.connection().send(question);
        if (!sent.accepted()) {
            question.release();
            throw Failure.of("cannot ask " + monitor + " for its map: " + sent.outcome());
        }
        return client.await(replies.monMap, "no monitor map from " + monitor);
    }

    @Override
    public void close() {
        client.close();
    }

    /** A monitor also sends what was not asked for; that is not an error. */
    private static final class Replies implements Dispatcher {
        final CompletableFuture<MonMap> monMap = new CompletableFuture<>();

        @Override
        public boolean dispatch(Connection connection, Message message) {
            if (message.is(MessageType.MON_MAP)) {
                try {
                    monMap.complete(MonMap.of(message, Limits.defaults()));
                } catch (ProtocolException e) {
                    monMap.completeExceptionally(e);
                }
            }
            return true;
        }
    }
}
