package org.msgr2.examples.thirdparty;

import java.util.Set;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.Service;

/** Answers on its workers; to be measured. Thread-safe. */
public final class OrderlyService implements Service {
    public static final int REQUEST = 0x7d41;
    public static final int REPLY = 0x7d42;

    /** One per messenger. */
    public OrderlyService() {}

    @Override
    public String name() {
        return "orderly";
    }

    @Override
    public Set<Integer> messageTypes() {
        return Set.of(REQUEST);
    }

    @Override
    public void handle(Connection connection, Message request) {
        Message reply = Message.builder(REPLY)
                .tid(request.tid())
                .front(request.front().retainedSlice())
                .build();
        if (!connection.send(reply).accepted()) {
            reply.release();
        }
    }
}
