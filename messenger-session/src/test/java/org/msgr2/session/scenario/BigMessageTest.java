package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.testing.SessionMode;

/** Messages of many parts, and of many bytes. */
class BigMessageTest extends TrafficTestBase {
    private static final int BIG = 0x7c06;
    private static final int STRINGS = 30_000;
    private static final int DATA_BYTES = 16 * 1024 * 1024;

    private record Sum(int bytes, long crc) {
        static Sum of(ByteBuf bytes) {
            CRC32C crc = new CRC32C();
            crc.update(bytes.nioBuffer());
            return new Sum(bytes.readableBytes(), crc.getValue());
        }
    }

    private ByteBuf strings() {
        ByteBuf front = leaks.allocator().buffer();
        front.writeIntLE(STRINGS);
        for (int i = 0; i < STRINGS; i++) {
            byte[] text = ("string number " + i).getBytes(StandardCharsets.US_ASCII);
            front.writeIntLE(text.length).writeBytes(text);
        }
        return front;
    }

    @Scenario("P18")
    @ParameterizedTest
    @EnumSource
    void bigMessagesArriveAsTheyWere(SessionMode mode) {
        List<Sum> arrived = new ArrayList<>();
        End server = server(
                mode,
                "osd.0",
                Policy.statefulServer(),
                builder -> builder.dispatcher(new Fast(BIG, (connection, message) -> {
                    arrived.add(Sum.of(message.front()));
                    arrived.add(Sum.of(message.data()));
                })));
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.connect(server);
        List<Sum> sent = new ArrayList<>();
        for (int dataBytes : new int[] {0, DATA_BYTES}) {
            ByteBuf front = strings();
            ByteBuf data = random(dataBytes, 18);
            sent.add(Sum.of(front));
            sent.add(Sum.of(data));
            Message message = Message.builder(BIG).front(front).data(data).build();
            assertThat(connection.send(message).accepted()).isTrue();
        }
        network.await("both", () -> arrived.size() == 4);
        assertThat(arrived).isEqualTo(sent);
        network.await("acknowledged", () -> connection.queuedBytes() == 0);
        assertThat(server.messenger.stats().dispatchBytes()).isZero();
    }
}
