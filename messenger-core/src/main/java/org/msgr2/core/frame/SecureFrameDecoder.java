package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Limits;

/**
 * Decodes frames of msgr2.1 in secure mode; {@link SecureFrameEncoder} has the layout. Nothing decrypted is looked at
 * before its tag holds. The payload's segments are slices of the one buffer that it was decrypted to.
 */
public final class SecureFrameDecoder extends StagedFrameDecoder {
    private final FrameCipher cipher;
    private final ByteBufAllocator allocator;
    private final Crc32c crc = new Crc32c();
    /** The first two blocks, one after the other. */
    private final ByteBuf sealed;

    private final ByteBuf head = Unpooled.buffer(SecureLayout.HEAD_BYTES, SecureLayout.HEAD_BYTES);
    private ByteBuf sealedPayload = Unpooled.EMPTY_BUFFER;

    /**
     * @param cipher of this direction; closed with the decoder
     * @param bounds what is accepted at first
     * @param allocator for payload
     */
    public SecureFrameDecoder(FrameCipher cipher, Limits limits, FrameBounds bounds, ByteBufAllocator allocator) {
        super(limits, bounds, SecureLayout.INLINE_BYTES);
        this.cipher = cipher;
        this.allocator = allocator;
        this.sealed = Unpooled.buffer(128, SecureLayout.padded(firstBytesMax(limits)) + FrameCipher.TAG_BYTES);
    }

    @Override
    @Nullable Preamble readPreamble(ByteBuf in) throws ProtocolException {
        if (!fill(sealed, SecureLayout.HEAD_BYTES + FrameCipher.TAG_BYTES, in)) {
            return null;
        }
        head.clear();
        cipher.open(sealed, head);
        sealed.clear();
        return Preamble.read(head, 0, crc);
    }

    @Override
    void begin(Preamble accepted) {
        int inline = (int) Math.min(accepted.length(0), SecureLayout.INLINE_BYTES);
        first.writeBytes(head, Preamble.BYTES, inline);
    }

    @Override
    boolean readFirst(ByteBuf in) throws ProtocolException {
        int length = (int) preamble().length(0);
        int rest = length - SecureLayout.INLINE_BYTES;
        if (rest <= 0) {
            return true;
        }
        if (!fill(sealed, SecureLayout.padded(rest) + FrameCipher.TAG_BYTES, in)) {
            return false;
        }
        open(sealed, first);
        sealed.clear();
        first.writerIndex(length);
        return true;
    }

    @Override
    @Nullable LateStatus readPayload(ByteBuf in) throws ProtocolException {
        if (preamble().segments() == 1) {
            return LateStatus.COMPLETE;
        }
        int length = payloadBytes();
        if (sealedPayload.capacity() == 0) {
            if (!in.isReadable()) {
                return null;
            }
            sealedPayload = allocator.heapBuffer(length + FrameCipher.TAG_BYTES, length + FrameCipher.TAG_BYTES);
        }
        return fill(sealedPayload, length + FrameCipher.TAG_BYTES, in) ? openPayload(length) : null;
    }

    private int payloadBytes() {
        int length = SecureLayout.EPILOGUE_BYTES;
        for (int i = 1; i < preamble().segments(); i++) {
            length += SecureLayout.padded((int) preamble().length(i));
        }
        return length;
    }

    private LateStatus openPayload(int length) throws ProtocolException {
        ByteBuf plain = allocator.heapBuffer(length, length);
        try {
            open(sealedPayload, plain);
            int at = 0;
            for (int i = 1; i < preamble().segments(); i++) {
                int bytes = (int) preamble().length(i);
                if (bytes > 0) {
                    payload[i] = plain.retainedSlice(at, bytes);
                }
                at += SecureLayout.padded(bytes);
            }
            // Padding is not looked at: under a valid tag it can be anything (F18).
            return LateStatus.fromWire(Revision.MSGR2_1, plain.getUnsignedByte(at));
        } catch (ProtocolException e) {
            throw e.inFrame(preamble().tag().name());
        } finally {
            plain.release();
            reset();
        }
    }

    private void open(ByteBuf block, ByteBuf plain) throws ProtocolException {
        try {
            cipher.open(block, plain);
        } catch (ProtocolException e) {
            throw e.inFrame(preamble().tag().name());
        }
    }

    @Override
    void reset() {
        sealed.clear();
        sealedPayload.release();
        sealedPayload = Unpooled.EMPTY_BUFFER;
    }

    /** Forgets the keys too. */
    @Override
    public void close() {
        super.close();
        cipher.close();
    }
}
