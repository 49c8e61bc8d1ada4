package org.msgr2.session.testing.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.FrameCipher;
import org.msgr2.core.frame.Revision;

/**
 * Opens what one direction of a secure connection has sealed, as somebody who knows the key and counts for himself: block n
 * opens with nonce n after the first, and with no other. So whatever it opens was sealed with a nonce of its own.
 */
final class SimCipher implements FrameCipher {
    static final int KEY_BYTES = 16;
    static final int NONCE_BYTES = 12;

    private static final int TAG_BITS = 8 * TAG_BYTES;
    /** GCM's first counter of the content. */
    private static final int FIRST_BLOCK = 2;

    private final SecretKeySpec key;
    private final ByteBuffer nonce;
    private final boolean wide;

    SimCipher(Revision revision, byte[] secret, int nonceAt) {
        this.key = new SecretKeySpec(secret, 0, KEY_BYTES, "AES");
        this.nonce = ByteBuffer.wrap(Arrays.copyOfRange(secret, nonceAt, nonceAt + NONCE_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        this.wide = revision == Revision.MSGR2_1;
    }

    @Override
    public void seal(ByteBuf plain, ByteBuf out) {
        throw new UnsupportedOperationException("it only listens");
    }

    @Override
    public void open(ByteBuf sealed, ByteBuf out) throws ProtocolException {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce.array()));
            out.writeBytes(cipher.doFinal(ByteBufUtil.getBytes(sealed)));
        } catch (GeneralSecurityException e) {
            throw new ProtocolException(
                    FaultKind.INTEGRITY, "a block is not sealed with the nonce whose turn it is", e);
        }
        if (wide) {
            nonce.putLong(Integer.BYTES, nonce.getLong(Integer.BYTES) + 1);
        } else {
            nonce.putInt(0, nonce.getInt(0) + 1);
        }
    }

    @Override
    public void peek(ByteBuf beginning, ByteBuf out) {
        try {
            byte[] counter = ByteBuffer.allocate(NONCE_BYTES + Integer.BYTES)
                    .put(nonce.array())
                    .putInt(FIRST_BLOCK)
                    .array();
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(counter));
            out.writeBytes(cipher.doFinal(ByteBufUtil.getBytes(beginning)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {}
}
