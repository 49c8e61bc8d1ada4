package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.msgr2.core.ProtocolException;

/**
 * Frames of msgr2.0 in secure mode: each is sealed at once (spec/msgr2 §2.5).
 *
 * <pre>
 * preamble 32 | seg1..segn, each padded to 16 | epilogue 16: u8 late_flags, 15 zeros
 * </pre>
 *
 * <p>A tag of 16 bytes follows. The receiver has to look inside to learn where it is: see {@link SecureRev0FrameDecoder}.
 */
public final class SecureRev0FrameEncoder implements FrameEncoder {
    private final FrameCipher cipher;
    private final ByteBufAllocator allocator;
    private final Crc32c crc = new Crc32c();

    /**
     * @param cipher of this direction; closed with the encoder
     * @param allocator for the plaintext of a frame, and for the sealed one if it is large
     */
    public SecureRev0FrameEncoder(FrameCipher cipher, ByteBufAllocator allocator) {
        this.cipher = cipher;
        this.allocator = allocator;
    }

    @Override
    public void encode(OutFrame frame, ByteSink out) throws ProtocolException {
        int length = Preamble.BYTES + SecureLayout.EPILOGUE_BYTES;
        for (int i = 0; i < frame.segments(); i++) {
            length += SecureLayout.padded(frame.length(i));
        }
        ByteBuf plain = allocator.heapBuffer(length, length);
        try {
            Preamble.write(plain, frame, crc);
            for (int i = 0; i < frame.segments(); i++) {
                ByteBuf segment = frame.segment(i);
                int bytes = segment.readableBytes();
                plain.writeBytes(segment, segment.readerIndex(), bytes).writeZero(SecureLayout.padding(bytes));
            }
            plain.writeByte(frame.lateStatus().toWire(Revision.MSGR2_0)).writeZero(SecureLayout.EPILOGUE_BYTES - 1);
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
