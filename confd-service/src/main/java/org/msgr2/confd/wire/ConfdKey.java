package org.msgr2.confd.wire;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The cluster's HMAC key: every byte of the key file, a newline at its end included (spec/confd §1.1). Immutable and
 * thread-safe; never shown.
 */
public final class ConfdKey {
    private static final String ALGORITHM = "HmacSHA1";

    private final SecretKeySpec key;

    private ConfdKey(SecretKeySpec key) {
        this.key = key;
    }

    /**
     * @param file the content of the key file; copied
     * @throws IllegalArgumentException if it is empty
     */
    public static ConfdKey of(byte[] file) {
        if (file.length == 0) {
            throw new IllegalArgumentException("the HMAC key is empty");
        }
        return new ConfdKey(new SecretKeySpec(file, ALGORITHM));
    }

    Mac newMac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JRE has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "ConfdKey[hidden]";
    }
}
