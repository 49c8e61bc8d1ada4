package org.msgr2.crypto.onwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import javax.crypto.AEADBadTagException;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.FrameCipher;

/**
 * One direction of secure mode: AES-128-GCM without associated data, a new nonce per operation (spec/msgr2 §2.5, §2.6).
 *
 * <p>Works on arrays: buffers that have one are used as they are, others are copied through a buffer of the output's
 * allocator. The buffers' reader indices stay; the writer index moves only when the operation has succeeded. After a fault
 * the connection is lost: further use, as after {@link #close}, is an {@link IllegalStateException}. Not thread-safe.
 */
public final class AesGcmFrameCipher implements FrameCipher {
    private final Aead aead;
    private final NonceCounter nonces;
    private long operations;
    private boolean usable = true;

    /** @param aead becomes the cipher's own */
    AesGcmFrameCipher(Aead aead, NonceCounter nonces) {
        this.aead = aead;
        this.nonces = nonces;
    }

    /** How many blocks were sealed or opened. */
    public long operations() {
        return operations;
    }

    @Override
    public void seal(ByteBuf plain, ByteBuf out) throws ProtocolException {
        run(plain, out, plain.readableBytes() + TAG_BYTES, aead::seal);
    }

    @Override
    public void open(ByteBuf sealed, ByteBuf out) throws ProtocolException {
        run(sealed, out, Math.max(0, sealed.readableBytes() - TAG_BYTES), aead::open);
    }

    /** Of a few bytes: copied, whatever the buffers. */
    @Override
    public void peek(ByteBuf beginning, ByteBuf out) {
        checkUsable();
        byte[] bytes = ByteBufUtil.getBytes(beginning);
        aead.peek(nonces.peek(), bytes.clone(), 0, bytes.length, bytes, 0);
        out.writeBytes(bytes);
    }

    private void checkUsable() {
        if (!usable) {
            throw new IllegalStateException("the cipher has failed or is closed");
        }
    }

    private interface Operation {
        void run(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset)
                throws AEADBadTagException;
    }

    private void run(ByteBuf in, ByteBuf out, int outBytes, Operation operation) throws ProtocolException {
        checkUsable();
        out.ensureWritable(outBytes);
        usable = false;
        ByteBuf source = array(in, in.readableBytes(), out);
        ByteBuf target = out.hasArray() ? out.retain() : out.alloc().heapBuffer(outBytes, outBytes);
        try {
            operation.run(
                    nonces.next(),
                    source.array(),
                    source.arrayOffset() + source.readerIndex(),
                    source.readableBytes(),
                    target.array(),
                    target.arrayOffset() + target.writerIndex());
            target.writerIndex(target.writerIndex() + outBytes);
            if (!out.hasArray()) {
                out.writeBytes(target);
            }
            operations++;
            usable = true;
        } catch (AEADBadTagException e) {
            // Not chained: there is nothing to know beyond this.
            throw new ProtocolException(FaultKind.INTEGRITY, "the authentication tag does not hold");
        } finally {
            source.release();
            target.release();
            if (!usable) {
                aead.close();
            }
        }
    }

    /** A reference to the same bytes, in an array. */
    private static ByteBuf array(ByteBuf in, int length, ByteBuf out) {
        if (in.hasArray()) {
            return in.retain();
        }
        return out.alloc().heapBuffer(length, length).writeBytes(in, in.readerIndex(), length);
    }

    @Override
    public void close() {
        usable = false;
        aead.close();
    }

    @Override
    public String toString() {
        return "cipher after " + operations + " operations";
    }
}
