package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.msgr2.core.ProtocolException;

/**
 * Frames of msgr2.1 in secure mode: up to three sealed blocks (spec/msgr2 §2.5).
 *
 * <pre>
 * A, always:                        preamble 32 | first 48 bytes of seg1, zero-filled
 * B, if seg1 is longer than 48:     the rest of seg1, padded to 16
 * C, if there are more segments:    seg2..segn, each padded to 16 | epilogue 16: u8 late_status, 15 zeros
 * </pre>
 *
 * <p>Each block is followed by its tag of 16 bytes and uses a nonce of its own.
 */
public final class SecureFrameEncoder implements FrameEncoder {
    private final FrameCipher cipher;
    private final ByteBufAllocator allocator;
    private final Crc32c crc = new Crc32c();
    /** The plaintext of blocks A and B. */
    private final ByteBuf head = Unpooled.buffer(SecureLayout.HEAD_BYTES);

    /**
     * @param cipher of this direction
     * @param allocator for the blocks that hold payload
     */
    public SecureFrameEncoder(FrameCipher cipher, ByteBufAllocator allocator) {
        this.cipher = cipher;
        this.allocator = allocator;
    }

    @Override
    public void encode(OutFrame frame, ByteSink out) throws ProtocolException {
        ByteBuf first = frame.segment(0);
        int inline = Math.min(first.readableBytes(), SecureLayout.INLINE_BYTES);
        head.clear();
        Preamble.write(head, frame, crc);
        head.writeBytes(first, first.readerIndex(), inline).writeZero(SecureLayout.INLINE_BYTES - inline);
        cipher.seal(head, out.reserve(SecureLayout.HEAD_BYTES + FrameCipher.TAG_BYTES));
        int rest = first.readableBytes() - inline;
        if (rest > 0) {
            head.clear();
            head.writeBytes(first, first.readerIndex() + inline, rest).writeZero(SecureLayout.padding(rest));
            cipher.seal(head, out.reserve(head.readableBytes() + FrameCipher.TAG_BYTES));
        }
        if (frame.segments() > 1) {
            sealPayload(frame, out);
        }
    }

    private void sealPayload(OutFrame frame, ByteSink out) throws ProtocolException {
        int length = SecureLayout.EPILOGUE_BYTES;
        for (int i = 1; i < frame.segments(); i++) {
            length += SecureLayout.padded(frame.length(i));
        }
        ByteBuf plain = allocator.heapBuffer(length, length);
        try {
            for (int i = 1; i < frame.segments(); i++) {
                ByteBuf segment = frame.segment(i);
                int bytes = segment.readableBytes();
                plain.writeBytes(segment, segment.readerIndex(), bytes).writeZero(SecureLayout.padding(bytes));
            }
            plain.writeByte(frame.lateStatus().toWire(Revision.MSGR2_1)).writeZero(SecureLayout.EPILOGUE_BYTES - 1);
            SealedBlock.write(cipher, plain, allocator, out);
        } finally {
            plain.release();
        }
    }

    @Override
    public void close() {
        cipher.close();
    }
}
