package org.msgr2.core.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.wire.WireException;

class MessageTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ByteBuf bytes(int length) {
        return leaks.allocator().buffer(length).writeZero(length);
    }

    private Message message() {
        return Message.builder(MessageType.OSD_OP)
                .tid(7)
                .priority(Priority.HIGH)
                .version(8, 3)
                .dataPlacement(3732, 8)
                .front(bytes(10))
                .middle(bytes(20))
                .data(bytes(30))
                .build();
    }

    @Test
    void hasWhatItWasBuiltWith() {
        Message message = message();
        assertThat(message.header()).isEqualTo(new MessageHeader(0, 7, 42, 196, 8, 0, 3732, 0, 3, 3, 0));
        assertThat(message.type()).isEqualTo(42);
        assertThat(message.is(MessageType.OSD_OP)).isTrue();
        assertThat(message.is(MessageType.OSD_OP_REPLY)).isFalse();
        assertThat(message.tid()).isEqualTo(7);
        assertThat(message.dataAlignment()).isEqualTo(8);
        assertThat(message.payloadBytes()).isEqualTo(60);
        assertThat(message).hasToString("osd_op (42) seq=0 tid=7 front=10 middle=20 data=30");
        message.release();
    }

    @Test
    void isPlainUnlessToldOtherwise() {
        Message message = Message.builder(0x7c33).build();
        assertThat(message.header()).isEqualTo(new MessageHeader(0, 0, 0x7c33, 127, 1, 0, 0, 0, 3, 1, 0));
        assertThat(message.dataAlignment()).isEqualTo(4096);
        assertThat(message.payloadBytes()).isZero();
        assertThat(message).hasToString("type 31795 seq=0 tid=0 front=0 middle=0 data=0");
        assertThat(message.release()).isTrue();
    }

    @Test
    void releasesItsSegmentsWithItsLastReference() {
        Message message = message();
        AtomicInteger released = new AtomicInteger();
        message.onDeallocate(released::incrementAndGet);
        message.retain();
        assertThat(message.touch("here")).isSameAs(message);
        assertThat(message.release()).isFalse();
        assertThat(leaks.heldBytes()).isEqualTo(60);
        assertThat(released).hasValue(0);
        assertThat(message.release()).isTrue();
        assertThat(leaks.heldBytes()).isZero();
        assertThat(released).hasValue(1);
    }

    @Test
    void runsOneActionAtTheEndOnly() {
        Message message = message();
        message.onDeallocate(() -> {});
        assertThatThrownBy(() -> message.onDeallocate(() -> {})).isInstanceOf(IllegalStateException.class);
        message.release();
    }

    @Test
    void refusesNumbersThatDoNotFitInAHeader() {
        assertThatThrownBy(() -> Message.builder(65536)).hasMessage("type must be within 0..65535: 65536");
        Message.Builder builder = Message.builder(1);
        assertThatThrownBy(() -> builder.priority(-1)).hasMessage("priority must be within 0..65535: -1");
        assertThatThrownBy(() -> builder.version(70000, 1)).hasMessage("version must be within 0..65535: 70000");
        assertThatThrownBy(() -> builder.version(1, 70000)).hasMessage("compat_version must be within 0..65535: 70000");
        assertThatThrownBy(() -> builder.dataPlacement(70000, 8)).hasMessage("data_off must be within 0..65535: 70000");
        assertThatThrownBy(() -> builder.dataPlacement(0, 70000))
                .hasMessage("alignment must be within 0..65535: 70000");
    }

    @Test
    void writesAHeaderFieldByField() throws WireException {
        MessageHeader header = new MessageHeader(
                0x0102030405060708L, -2, 0xfffd, 0xfffc, 0xfffb, -6, 0xfff9, -8, 0xf7, 0xfff6, 0xfff5);
        ByteBuf out = Unpooled.buffer();
        header.write(out);
        assertThat(ByteBufUtil.hexDump(out))
                .isEqualTo("0807060504030201" + "feffffffffffffff" + "fdff" + "fcff" + "fbff" + "faffffff" + "f9ff"
                        + "f8ffffffffffffff" + "f7" + "f6ff" + "f5ff")
                .hasSize(2 * MessageHeader.BYTES);
        assertThat(MessageHeader.read(out)).isEqualTo(header);
        assertThat(out.readableBytes()).isEqualTo(MessageHeader.BYTES);
        assertThat(header.unsent())
                .isEqualTo(new MessageHeader(0, -2, 0xfffd, 0xfffc, 0xfffb, -6, 0xfff9, 0, 0xf7, 0xfff6, 0xfff5));
        ByteBuf renumbered = Unpooled.buffer();
        header.unsent().write(renumbered, header.seq(), header.ackSeq());
        assertThat(renumbered).isEqualTo(out);
    }

    @Test
    void refusesAHeaderThatIsTooShort() {
        for (int length = 0; length < MessageHeader.BYTES; length++) {
            ByteBuf cut = Unpooled.wrappedBuffer(new byte[length]);
            assertThatThrownBy(() -> MessageHeader.read(cut))
                    .isInstanceOf(WireException.class)
                    .hasMessage("header2: " + length + " bytes, expected at least 41");
        }
    }

    /** A compat_version of 0 means the version itself. */
    @ParameterizedTest
    @CsvSource({"5, 3, 3", "5, 3, 9", "3, 0, 3", "0, 0, 0", "65535, 1, 1"})
    void aDecoderReadsWhatIsCompatibleWithIt(int version, int compatible, int newest) throws WireException {
        header(version, compatible).requireReadable(newest);
        int needed = compatible == 0 ? version : compatible;
        for (int older = 0; older < needed; older++) {
            int ours = older;
            assertThatThrownBy(() -> header(version, compatible).requireReadable(ours))
                    .isInstanceOf(WireException.class)
                    .hasMessage("mon_map (4): needs a decoder of version " + needed + ", ours is of version " + ours);
        }
    }

    private static MessageHeader header(int version, int compatible) {
        return new MessageHeader(1, 1, 4, 127, version, 0, 0, 0, MessageHeader.FLAGS_SENT, compatible, 0);
    }

    @ParameterizedTest
    @EnumSource
    void knowsTypesByTheirCodes(MessageType type) {
        assertThat(MessageType.ofCode(type.code())).isEqualTo(type);
        assertThat(type.code()).isBetween(1, 0xffff);
    }

    @Test
    void printsTypesWithAndWithoutAName() {
        assertThat(MessageType.toString(4)).isEqualTo("mon_map (4)");
        assertThat(MessageType.toString(0x7c00)).isEqualTo("service_call (31744)");
        assertThat(MessageType.toString(3)).isEqualTo("type 3");
        assertThat(MessageType.ofCode(3)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"64, low (64)", "127, default (127)", "196, high (196)", "255, highest (255)", "63, 63", "65535, 65535"
    })
    void printsPriorities(int priority, String text) {
        assertThat(Priority.toString(priority)).isEqualTo(text);
    }
}
