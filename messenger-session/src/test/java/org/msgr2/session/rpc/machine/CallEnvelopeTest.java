package org.msgr2.session.rpc.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.session.rpc.CallStatus;

class CallEnvelopeTest {
    private static final Limits.Calls LIMITS = Limits.defaults().calls();

    static Stream<CallEnvelope> everyKind() {
        return Stream.of(
                new CallEnvelope.Request(
                        CallEnvelope.CALLEE_STREAMS | CallEnvelope.SUBSCRIBES,
                        "confd",
                        "watch",
                        5_000_000_000L,
                        64,
                        1 << 20,
                        Opaque.copyOf(new byte[] {1, 2}),
                        Map.of("trace", "7")),
                new CallEnvelope.Item(true, Opaque.EMPTY, false),
                new CallEnvelope.Item(false, Opaque.copyOf(new byte[] {9}), true),
                new CallEnvelope.End(),
                new CallEnvelope.Credit(false, 32, 70_000),
                new CallEnvelope.Status(CallStatus.FAILED, -17, "no such thing"),
                new CallEnvelope.Cancel(),
                new CallEnvelope.Probe(true));
    }

    private static ByteBuf written(CallEnvelope envelope) {
        ByteBuf buffer = Unpooled.buffer();
        envelope.write(buffer);
        return buffer;
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void isReadAsItWasWritten(CallEnvelope envelope) throws WireException {
        assertThat(CallEnvelope.read(written(envelope), LIMITS)).isEqualTo(envelope);
    }

    /** The bytes themselves, so that they stay as they are. */
    @Test
    void isLittleEndianInAVersionedStructure() {
        assertThat(ByteBufUtil.hexDump(written(new CallEnvelope.Credit(true, 0x0102, 0x0a0b))))
                .isEqualTo("01" + "01" + "0a000000" + "04" + "01" + "02010000" + "0b0a0000");
        assertThat(ByteBufUtil.hexDump(written(new CallEnvelope.Status(CallStatus.OVERLOADED, 0, "hi"))))
                .isEqualTo("01" + "01" + "0e000000" + "05" + "00" + "0900" + "00000000" + "02000000" + "6869");
    }

    @Test
    void whatANewerPeerAppendsIsIgnoredAndSoAreItsKinds() throws WireException {
        ByteBuf longer = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump("0201" + "04000000" + "0601" + "ffff"));
        ByteBuf unknown = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump("0201" + "02000000" + "6301"));

        assertThat(CallEnvelope.read(longer, LIMITS)).isEqualTo(new CallEnvelope.Cancel());
        assertThat(CallEnvelope.read(unknown, LIMITS)).isNull();
    }

    @Test
    void aStatusWithoutANameHereIsAFailure() throws WireException {
        ByteBuf future = Unpooled.wrappedBuffer(
                ByteBufUtil.decodeHexDump("01010c000000" + "0500" + "ff7f" + "05000000" + "00000000"));

        assertThat(CallEnvelope.read(future, LIMITS)).isEqualTo(new CallEnvelope.Status(CallStatus.FAILED, 5, ""));
    }

    @Test
    void boundsAreNamed() {
        CallEnvelope.Request longName =
                new CallEnvelope.Request(0, "x".repeat(65), "m", 0, 0, 0, Opaque.EMPTY, Map.of());
        CallEnvelope.Request muchMetadata = new CallEnvelope.Request(
                0, "s", "m", 0, 0, 0, Opaque.EMPTY, Map.of("a", "x".repeat(5000), "b", "x".repeat(5000)));

        assertThatThrownBy(() -> CallEnvelope.read(written(longName), LIMITS))
                .hasMessageContaining("service: 65 bytes, at most 64")
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.LIMIT));
        assertThatThrownBy(() -> CallEnvelope.read(written(muchMetadata), LIMITS))
                .hasMessageContaining("metadata");
    }
}
