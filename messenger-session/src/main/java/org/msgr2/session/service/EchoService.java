package org.msgr2.session.service;

import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.session.Connection;
import org.msgr2.session.SendResult;
import org.msgr2.session.Service;

/**
 * Answers an {@link MessageType#ECHO} with an {@link MessageType#ECHO_REPLY} of the same tid, priority and payload. To see
 * that a node is there, to measure it, and as the smallest example of a service.
 *
 * <p>A client that does not read its replies is not waited for: what its connection no longer takes is dropped and counted.
 */
public final class EchoService implements Service {
    private final LongAdder dropped = new LongAdder();

    /** One per messenger. */
    public EchoService() {}

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public Set<Integer> messageTypes() {
        return Set.of(MessageType.ECHO.code());
    }

    @Override
    public boolean fast() {
        return true;
    }

    @Override
    public void handle(Connection connection, Message request) {
        Message reply = Message.builder(MessageType.ECHO_REPLY)
                .tid(request.tid())
                .priority(request.header().priority())
                .front(request.front().retainedSlice())
                .middle(request.middle().retainedSlice())
                .data(request.data().retainedSlice())
                .build();
        SendResult result = connection.send(reply);
        if (!result.accepted()) {
            reply.release();
            dropped.increment();
        }
    }

    /** Replies that a full or closed connection did not take. */
    public long dropped() {
        return dropped.sum();
    }
}
