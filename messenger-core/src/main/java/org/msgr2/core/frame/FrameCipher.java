package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import org.msgr2.core.ProtocolException;

/**
 * One direction of the protection of secure mode: an authenticated cipher that counts its operations, each of which uses
 * a nonce of its own (spec/msgr2 §2.6). How frames are cut into operations is the frame codec's business; how an
 * operation is done is {@code messenger-crypto}'s, which implements this. Not thread-safe.
 */
public interface FrameCipher extends AutoCloseable {

    /** What sealing adds to the plaintext. */
    int TAG_BYTES = 16;

    /**
     * Appends the ciphertext and the tag of {@code plain}'s readable bytes to {@code out}. One operation. Both borrowed.
     *
     * @throws ProtocolException instead of using a nonce twice
     */
    void seal(ByteBuf plain, ByteBuf out) throws ProtocolException;

    /**
     * Appends the plaintext of {@code sealed}'s readable bytes, ciphertext and tag, to {@code out}: nothing of it before the
     * tag holds. One operation. Both borrowed.
     *
     * @throws ProtocolException if the tag does not hold
     */
    void open(ByteBuf sealed, ByteBuf out) throws ProtocolException;

    /**
     * Appends the plaintext of {@code beginning}'s readable bytes, the first of those that {@link #open} will be given next,
     * to {@code out}. No operation: no nonce is used up. Both borrowed.
     *
     * <p>Nothing proves this plaintext: whoever sits in the wire chooses every bit of it that it flips. It is here for
     * msgr2.0, whose frames say only inside how long they are, and good for that alone: to know how many bytes to wait for,
     * within bounds that hold for liars too. What is acted upon comes from {@link #open}.
     */
    void peek(ByteBuf beginning, ByteBuf out);

    /** Forgets the keys. */
    @Override
    void close();
}
