package org.msgr2.core.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.FrameDecoder.Result;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.FrameFeed;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.wire.Limits;

/** A message costs nothing before there is room for it, and is announced once. */
class FrameAdmissionTest {
    private static final Limits LIMITS = Limits.defaults();
    private static final int FRONT_BYTES = 1000;
    private static final int DATA_BYTES = 5000;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static byte[] message(Revision revision) throws ProtocolException {
        Message message = Message.builder(MessageType.ECHO)
                .front(Unpooled.wrappedBuffer(new byte[FRONT_BYTES]))
                .data(Unpooled.wrappedBuffer(new byte[DATA_BYTES]))
                .build();
        return FrameBytes.of(new CrcFrameEncoder(revision), message, 1, 0);
    }

    private CrcFrameDecoder decoder(Revision revision) {
        return new CrcFrameDecoder(revision, LIMITS, FrameBounds.session(LIMITS), leaks.allocator());
    }

    @ParameterizedTest
    @EnumSource
    void takesNothingOfAMessageBeforeItIsAdmitted(Revision revision) throws ProtocolException {
        ByteBuf in = Unpooled.wrappedBuffer(message(revision));
        try (FrameDecoder decoder = decoder(revision)) {
            for (int again = 0; again < 3; again++) {
                assertThat(decoder.next(in)).isEqualTo(Result.NEED_ADMISSION);
                assertThat(in.readerIndex()).isEqualTo(Preamble.BYTES);
                assertThat(leaks.heldBytes()).isZero();
            }
            assertThat(decoder.preamble().payloadBytes()).isEqualTo(FRONT_BYTES + DATA_BYTES);
            decoder.admit();
            assertThat(leaks.heldBytes()).isZero();
            assertThat(decoder.next(in)).isEqualTo(Result.FRAME);
            assertThat(leaks.heldBytes()).isEqualTo(FRONT_BYTES + DATA_BYTES);
            decoder.take().release();
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesASegmentsBufferWithItsFirstByte(Revision revision) throws ProtocolException {
        byte[] bytes = message(revision);
        int frontAt = Preamble.BYTES + 41 + (revision == Revision.MSGR2_1 ? Integer.BYTES : 0);
        try (FrameDecoder decoder = decoder(revision)) {
            assertThat(decoder.next(Unpooled.wrappedBuffer(bytes, 0, frontAt))).isEqualTo(Result.NEED_ADMISSION);
            decoder.admit();
            decoder.next(Unpooled.wrappedBuffer(bytes, Preamble.BYTES, frontAt - Preamble.BYTES));
            assertThat(leaks.heldBytes()).isZero();
            decoder.next(Unpooled.wrappedBuffer(bytes, frontAt, 1));
            assertThat(leaks.heldBytes()).isEqualTo(FRONT_BYTES);
            decoder.next(Unpooled.wrappedBuffer(bytes, frontAt + 1, FRONT_BYTES - 1));
            assertThat(leaks.heldBytes()).isEqualTo(FRONT_BYTES);
            decoder.next(Unpooled.wrappedBuffer(bytes, frontAt + FRONT_BYTES, 1));
            assertThat(leaks.heldBytes()).isEqualTo(FRONT_BYTES + DATA_BYTES);
        }
        // Closed in the middle of a frame: given back, which the leak check sees too.
        assertThat(leaks.heldBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void asksOncePerMessageAndNeverForAControlFrame(Revision revision) throws ProtocolException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < 5; i++) {
            stream.writeBytes(message(revision));
            stream.writeBytes(FrameBytes.of(new CrcFrameEncoder(revision), new ControlFrame.Ack(i)));
        }
        for (int chunk : new int[] {1, 7, 100, stream.size()}) {
            try (FrameDecoder decoder = decoder(revision)) {
                assertThat(FrameFeed.chunks(decoder, stream.toByteArray(), () -> chunk, frame -> {}))
                        .isEqualTo(new FrameFeed.Outcome(10, 5, 0));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesTheBytesBehindAFrameToTheNextDecoder(Revision revision) throws ProtocolException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        byte[] ack = FrameBytes.of(new CrcFrameEncoder(revision), new ControlFrame.Ack(1));
        stream.writeBytes(ack);
        stream.writeBytes(ack);
        ByteBuf in = Unpooled.wrappedBuffer(stream.toByteArray());
        for (int i = 1; i <= 2; i++) {
            try (FrameDecoder decoder = decoder(revision)) {
                assertThat(decoder.next(in)).isEqualTo(Result.FRAME);
                assertThat(in.readerIndex()).isEqualTo(i * ack.length);
                decoder.take().release();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesUpAFrameThatWasNotTaken(Revision revision) throws ProtocolException {
        ByteBuf in = Unpooled.wrappedBuffer(message(revision));
        FrameDecoder decoder = decoder(revision);
        assertThat(decoder.next(in)).isEqualTo(Result.NEED_ADMISSION);
        decoder.admit();
        assertThat(decoder.next(in)).isEqualTo(Result.FRAME);
        decoder.close();
        decoder.close();
        assertThat(leaks.heldBytes()).isZero();
    }
}
