package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.msgr2.core.ProtocolException;

/** The way of a sealed block to the sink: small ones into its buffer, large ones in a buffer of their own. */
final class SealedBlock {
    private SealedBlock() {}

    /**
     * Seals {@code plain}, in one operation.
     *
     * @param plain borrowed
     * @param allocator for a large block
     */
    static void write(FrameCipher cipher, ByteBuf plain, ByteBufAllocator allocator, ByteSink out)
            throws ProtocolException {
        int sealed = plain.readableBytes() + FrameCipher.TAG_BYTES;
        if (sealed < ByteSink.REFERENCE_BYTES_MIN) {
            cipher.seal(plain, out.reserve(sealed));
            return;
        }
        ByteBuf block = allocator.buffer(sealed, sealed);
        try {
            cipher.seal(plain, block);
            out.append(block.retain());
        } finally {
            block.release();
        }
    }
}
