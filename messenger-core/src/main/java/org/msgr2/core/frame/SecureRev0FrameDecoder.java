package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Limits;

/**
 * Decodes frames of msgr2.0 in secure mode; {@link SecureRev0FrameEncoder} has the layout.
 *
 * <p>The lengths stand inside what the tag at the end protects. They are peeked at, to know how many bytes to wait for: until
 * the tag holds, {@link #preamble} is what somebody says, checked against the bounds as in crc mode and used for nothing but
 * admission and buffering. Then the proven preamble has to be the same. The payload's segments are slices of the one buffer
 * that the frame was decrypted to.
 */
public final class SecureRev0FrameDecoder extends StagedFrameDecoder {
    private final FrameCipher cipher;
    private final ByteBufAllocator allocator;
    private final Crc32c crc = new Crc32c();
    private final ByteBuf sealedPreamble = Unpooled.buffer(Preamble.BYTES, Preamble.BYTES);
    private final ByteBuf peeked = Unpooled.buffer(Preamble.BYTES, Preamble.BYTES);

    private ByteBuf sealed = Unpooled.EMPTY_BUFFER;
    private @Nullable LateStatus status;

    /**
     * @param cipher of this direction; closed with the decoder
     * @param bounds what is accepted at first
     * @param allocator for frames
     */
    public SecureRev0FrameDecoder(FrameCipher cipher, Limits limits, FrameBounds bounds, ByteBufAllocator allocator) {
        super(limits, bounds, 0);
        this.cipher = cipher;
        this.allocator = allocator;
    }

    @Override
    @Nullable Preamble readPreamble(ByteBuf in) throws ProtocolException {
        if (!fill(sealedPreamble, Preamble.BYTES, in)) {
            return null;
        }
        peeked.clear();
        cipher.peek(sealedPreamble, peeked);
        return Preamble.read(peeked, 0, crc);
    }

    @Override
    void begin(Preamble accepted) {}

    /** All of the frame, since nothing of it can be trusted earlier. */
    @Override
    boolean readFirst(ByteBuf in) throws ProtocolException {
        int length = plainBytes() + FrameCipher.TAG_BYTES;
        if (sealed.capacity() == 0) {
            if (!in.isReadable()) {
                return false;
            }
            sealed = allocator.heapBuffer(length, length).writeBytes(sealedPreamble, 0, Preamble.BYTES);
        }
        if (!fill(sealed, length, in)) {
            return false;
        }
        open();
        return true;
    }

    private int plainBytes() {
        int length = Preamble.BYTES + SecureLayout.EPILOGUE_BYTES;
        for (int i = 0; i < preamble().segments(); i++) {
            length += SecureLayout.padded((int) preamble().length(i));
        }
        return length;
    }

    private void open() throws ProtocolException {
        int length = plainBytes();
        ByteBuf plain = allocator.heapBuffer(length, length);
        try {
            cipher.open(sealed, plain);
            if (!ByteBufUtil.equals(plain, 0, peeked, 0, Preamble.BYTES)) {
                throw new ProtocolException(FaultKind.INTEGRITY, "the preamble under the tag is another one");
            }
            int at = Preamble.BYTES;
            for (int i = 0; i < preamble().segments(); i++) {
                int bytes = (int) preamble().length(i);
                if (i == 0) {
                    first.writeBytes(plain, at, bytes);
                } else if (bytes > 0) {
                    payload[i] = plain.retainedSlice(at, bytes);
                }
                at += SecureLayout.padded(bytes);
            }
            // Padding is not looked at: under a valid tag it can be anything (F18).
            status = LateStatus.fromWire(Revision.MSGR2_0, plain.getUnsignedByte(at));
        } catch (ProtocolException e) {
            throw e.inFrame(preamble().tag().name());
        } finally {
            plain.release();
            sealed.release();
            sealed = Unpooled.EMPTY_BUFFER;
        }
    }

    @Override
    @Nullable LateStatus readPayload(ByteBuf in) {
        return status;
    }

    @Override
    void reset() {
        sealedPreamble.clear();
        status = null;
        sealed.release();
        sealed = Unpooled.EMPTY_BUFFER;
    }

    /** Forgets the keys too. */
    @Override
    public void close() {
        super.close();
        cipher.close();
    }
}
