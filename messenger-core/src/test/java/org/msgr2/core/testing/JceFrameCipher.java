package org.msgr2.core.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.FrameCipher;
import org.msgr2.core.frame.Revision;

/** The plainest cipher: AES-128-GCM by the JDK, set up anew each time. For tests of the layout around it. Not thread-safe. */
public final class JceFrameCipher implements FrameCipher {
    private final Revision revision;
    private final byte[] key;
    private final ByteBuffer nonce;
    private int operations;

    /**
     * @param key 16 bytes
     * @param nonce the first nonce, 12 bytes: u32 fixed, u64 counter; in msgr2.0 u32 counter, u64 fixed
     */
    public JceFrameCipher(Revision revision, byte[] key, byte[] nonce) {
        this.revision = revision;
        this.key = key.clone();
        this.nonce = ByteBuffer.wrap(nonce.clone()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** How many nonces were used. */
    public int operations() {
        return operations;
    }

    @Override
    public void seal(ByteBuf plain, ByteBuf out) throws ProtocolException {
        out.writeBytes(run(Cipher.ENCRYPT_MODE, plain));
    }

    @Override
    public void open(ByteBuf sealed, ByteBuf out) throws ProtocolException {
        out.writeBytes(run(Cipher.DECRYPT_MODE, sealed));
    }

    /** Encrypted once more with the same nonce, a counter mode's ciphertext is its plaintext. */
    @Override
    public void peek(ByteBuf beginning, ByteBuf out) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, "AES"),
                    new GCMParameterSpec(TAG_BYTES * 8, nonce.array().clone()));
            byte[] sealed = cipher.doFinal(ByteBufUtil.getBytes(beginning));
            out.writeBytes(sealed, 0, sealed.length - TAG_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] run(int mode, ByteBuf in) throws ProtocolException {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    mode,
                    new SecretKeySpec(key, "AES"),
                    new GCMParameterSpec(TAG_BYTES * 8, nonce.array().clone()));
            if (revision == Revision.MSGR2_1) {
                nonce.putLong(4, nonce.getLong(4) + 1);
            } else {
                nonce.putInt(0, nonce.getInt(0) + 1);
            }
            operations++;
            return cipher.doFinal(ByteBufUtil.getBytes(in));
        } catch (AEADBadTagException e) {
            throw new ProtocolException(FaultKind.INTEGRITY, "the tag does not hold");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {}
}
