package org.msgr2.core.mon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.CrcFrameDecoder;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameBounds;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/** What is inside the messages of a monitor, by the recorded ones. */
class MonPayloadsTest {
    private static final Limits LIMITS = Limits.defaults();

    /** The front of a payload, written again from what was read of it. */
    private static byte[] rewritten(Message message) throws ProtocolException {
        WireReader in = new WireReader(message.front().duplicate());
        return switch (Objects.requireNonNull(MessageType.ofCode(message.type()))) {
            case MON_MAP -> {
                byte[] map = bytes(MonMap.of(message, LIMITS)::write);
                yield bytes(out -> out.u32(map.length).bytes(map));
            }
            case MON_SUBSCRIBE -> bytes(MonSubscribe.read(in, message.header().version())::write);
            case MON_COMMAND -> bytes(MonCommand.read(in)::write);
            case MON_COMMAND_ACK -> {
                byte[] again = bytes(MonCommandAck.read(in)::write);
                // The version of the map that the command changed is ours to ignore: we write 0.
                System.arraycopy(ByteBufUtil.getBytes(message.front()), 0, again, 0, Long.BYTES);
                yield again;
            }
            case MON_GET_VERSION -> bytes(MonGetVersion.read(in)::write);
            case MON_GET_VERSION_REPLY -> bytes(MonGetVersion.Reply.read(in)::write);
            default -> new byte[0];
        };
    }

    private static byte[] bytes(Consumer<WireWriter> payload) {
        ByteBuf out = Unpooled.buffer();
        payload.accept(new WireWriter(out));
        return ByteBufUtil.getBytes(out);
    }

    @Test
    void everyRecordedPayloadIsWrittenAsItWasRead() throws ProtocolException {
        Map<String, Integer> counted = new TreeMap<>();
        for (CephVectors.Capture capture : CephVectors.ofMode("crc").toList()) {
            for (CephVectors.RecordedFrame recorded : capture.frames()) {
                if (!recorded.tag().equals("MESSAGE") || recorded.truncated()) {
                    continue;
                }
                Message message = decode(recorded.wire());
                byte[] again = rewritten(message);
                if (again.length > 0) {
                    assertThat(again)
                            .as("%s %s", capture.name(), message)
                            .isEqualTo(ByteBufUtil.getBytes(message.front()));
                    counted.merge(MessageType.toString(message.type()), 1, Integer::sum);
                }
                message.release();
            }
        }

        assertThat(counted.keySet())
                .containsExactlyInAnyOrder(
                        "mon_map (4)",
                        "mon_subscribe (15)",
                        "mon_command (50)",
                        "mon_command_ack (51)",
                        "mon_get_version (19)",
                        "mon_get_version_reply (20)");
        assertThat(counted.values().stream().mapToInt(i -> i).sum()).isGreaterThan(60);
    }

    private static Message decode(byte[] wire) throws ProtocolException {
        CrcFrameDecoder decoder = new CrcFrameDecoder(
                Revision.MSGR2_1, LIMITS, FrameBounds.session(LIMITS), Unpooled.EMPTY_BUFFER.alloc());
        ByteBuf in = Unpooled.wrappedBuffer(wire);
        assertThat(decoder.next(in)).isEqualTo(FrameDecoder.Result.NEED_ADMISSION);
        decoder.admit();
        assertThat(decoder.next(in)).isEqualTo(FrameDecoder.Result.FRAME);
        Frame frame = decoder.take();
        return frame.toMessage();
    }

    @Test
    void aCommandTruncatedAnywhereIsRefused() {
        byte[] whole = bytes(new MonCommand(new UUID(1, 2), List.of("{\"prefix\": \"status\"}"))::write);
        for (int length = 0; length < whole.length; length++) {
            ByteBuf part = Unpooled.wrappedBuffer(whole, 0, length);
            assertThatThrownBy(() -> MonCommand.read(new WireReader(part))).isInstanceOf(WireException.class);
        }
    }

    @Test
    void aSubscriptionCountThatCannotBeTrueIsRefused() {
        byte[] lie = bytes(out -> out.u32(1000).string("monmap").u64(0).u8(0));
        assertThatThrownBy(() -> MonSubscribe.read(new WireReader(Unpooled.wrappedBuffer(lie)), MonSubscribe.VERSION))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("subscriptions: 1000 elements");
    }
}
