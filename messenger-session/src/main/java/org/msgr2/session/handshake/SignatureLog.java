package org.msgr2.session.handshake;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.SessionKey;

/**
 * The exact bytes of one direction from its first to its AUTH_DONE, which the signatures cover (spec/msgr2 §3.5). They have
 * to be kept, since the key is not known before the end. Bounded: Ceph's is not.
 */
final class SignatureLog {
    private final String direction;
    private final int max;
    private byte[] bytes = new byte[512];
    private int length;
    private boolean recording = true;

    SignatureLog(String direction, int max) {
        this.direction = direction;
        this.max = max;
    }

    /** Adds {@code count} bytes from {@code index}; the buffer is borrowed and its indices stay. */
    void add(ByteBuf source, int index, int count) throws ProtocolException {
        if (!recording) {
            return;
        }
        if (count > max - length) {
            throw new ProtocolException(
                    FaultKind.LIMIT, "more than " + max + " bytes " + direction + " before the signature");
        }
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(max, Math.max(bytes.length * 2, length + count)));
        }
        source.getBytes(index, bytes, length, count);
        length += count;
    }

    /** No byte from now on is covered. */
    void stop() {
        recording = false;
    }

    Opaque sign(SessionKey key) {
        return key.sign(bytes, length);
    }

    /** Forgets what was recorded. */
    void clear() {
        stop();
        bytes = new byte[0];
        length = 0;
    }
}
