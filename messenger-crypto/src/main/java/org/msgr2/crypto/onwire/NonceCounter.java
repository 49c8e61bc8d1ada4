package org.msgr2.crypto.onwire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.Revision;

/**
 * The nonces of one direction, each of them once (spec/msgr2 §2.6). All numbers little-endian:
 *
 * <pre>
 * msgr2.1:  u32 fixed | u64 counter, one more per operation
 * msgr2.0:  u32 counter, one more per frame | u64 fixed
 * </pre>
 *
 * <p>The counter wraps; the nonce that it started with is not handed out again (CVE-2020-1759). Not thread-safe.
 */
final class NonceCounter {
    static final int BYTES = 12;
    private static final long U32_MASK = 0xffff_ffffL;

    private final ByteBuffer nonce;
    private final boolean wide;
    private final long first;
    private long counter;
    private boolean started;

    /** @param initial the first nonce; copied */
    NonceCounter(Revision revision, byte[] initial) {
        if (initial.length != BYTES) {
            throw new IllegalArgumentException("a nonce has " + BYTES + " bytes, not " + initial.length);
        }
        nonce = ByteBuffer.wrap(initial.clone()).order(ByteOrder.LITTLE_ENDIAN);
        wide = revision == Revision.MSGR2_1;
        first = wide ? nonce.getLong(Integer.BYTES) : nonce.getInt(0) & U32_MASK;
        counter = first;
    }

    /**
     * The next nonce. The array is the counter's own and valid until the next call.
     *
     * @throws ProtocolException if all have been used: the connection has to get new keys
     */
    byte[] next() throws ProtocolException {
        if (started && counter == first) {
            throw new ProtocolException(FaultKind.LIMIT, "the connection is out of nonces");
        }
        started = true;
        byte[] next = peek();
        counter = wide ? counter + 1 : (counter + 1) & U32_MASK;
        return next;
    }

    /** What {@link #next} is about to hand out; stays to be handed out. The array as there. */
    byte[] peek() {
        if (wide) {
            nonce.putLong(Integer.BYTES, counter);
        } else {
            nonce.putInt(0, (int) counter);
        }
        return nonce.array();
    }

    /** As if {@code operations} nonces had been used, which no test could wait for. */
    void skip(long operations) {
        started = true;
        counter += operations;
        if (!wide) {
            counter &= U32_MASK;
        }
    }
}
