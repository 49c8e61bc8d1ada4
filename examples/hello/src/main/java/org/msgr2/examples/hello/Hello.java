package org.msgr2.examples.hello;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.service.EchoService;

/** A node with a service and a client of it, over TCP. */
public final class Hello {
    private Hello() {}

    /** Prints what the service answers. */
    public static void main(String[] args) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Dispatcher replies = new Dispatcher() {
            @Override
            public boolean dispatch(Connection connection, Message message) {
                return answer.complete(message.front().toString(UTF_8)); // borrowed during the call
            }
        };
        try (Messenger node =
                        Messenger.builder("osd.0").service(new EchoService()).build();
                Messenger client =
                        Messenger.builder("client.me").dispatcher(replies).build()) {
            EntityAddr addr = node.bind(EntityAddr.parse("v2:127.0.0.1:0")); // port 0: any free one
            Connection connection = client.connect(EntityType.OSD, addr); // dials, and goes on dialling
            Message question = Message.builder(MessageType.ECHO)
                    .front(Unpooled.copiedBuffer("hello", UTF_8))
                    .build();
            if (connection.send(question).accepted()) { // waits in the queue until the connection is ready
                System.out.println(connection.peerType() + " answers: " + answer.get(10, TimeUnit.SECONDS));
            }
        }
    }
}
