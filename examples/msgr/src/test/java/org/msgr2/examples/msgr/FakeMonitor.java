package org.msgr2.examples.msgr;

import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Set;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.session.Connection;
import org.msgr2.session.Service;

/** Answers MON_GET_MAP with what a real monitor has answered, or with something else. */
final class FakeMonitor implements Service {
    private final byte[] front;

    FakeMonitor(byte[] front) {
        this.front = front;
    }

    static byte[] recorded() {
        return HexFormat.of()
                .parseHex(CephVectors.json("ceph/maps/maps.json").at("/4/front").asText());
    }

    @Override
    public String name() {
        return "monitor";
    }

    @Override
    public Set<Integer> messageTypes() {
        return Set.of(MessageType.MON_GET_MAP.code());
    }

    @Override
    public void handle(Connection connection, Message question) {
        Message noise = Message.builder(MessageType.CONFIG).build();
        Message answer = Message.builder(MessageType.MON_MAP)
                .front(Unpooled.copiedBuffer(front))
                .build();
        if (front.length > 0
                && !(connection.send(noise).accepted()
                        && connection.send(answer).accepted())) {
            throw new AssertionError("not accepted");
        }
    }
}
