package org.msgr2.confd.wire;

import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;

/** HMAC-SHA1 over salt and message (spec/confd §1.1). Keeps its state from one to the next; not thread-safe. */
final class Signer {
    /** Of the signature, in hexadecimal digits. */
    static final int HEX_LENGTH = 40;

    private final Mac mac;
    private final byte[] right = new byte[HEX_LENGTH / 2];
    private final byte[] given = new byte[HEX_LENGTH / 2];

    Signer(ConfdKey key) {
        mac = key.newMac();
    }

    /** Puts the right signature where it belongs. */
    private void compute(Utf8Buffer salt, Utf8Buffer message) {
        mac.update(salt.bytes(), 0, salt.length());
        mac.update(message.bytes(), 0, message.length());
        try {
            mac.doFinal(right, 0);
        } catch (ShortBufferException e) {
            throw new IllegalStateException("SHA-1 has 20 bytes", e);
        }
    }

    /** Whether it is the right signature, in digits of either case. Takes as long for a wrong one as for the right one. */
    boolean verifies(Utf8Buffer salt, Utf8Buffer message, Utf8Buffer hex) {
        compute(salt, message);
        boolean hexadecimal = decode(hex);
        return MessageDigest.isEqual(right, given) && hexadecimal;
    }

    private boolean decode(Utf8Buffer hex) {
        if (hex.length() != HEX_LENGTH) {
            return false;
        }
        int invalid = 0;
        for (int i = 0; i < given.length; i++) {
            int high = Character.digit(hex.bytes()[2 * i], 16);
            int low = Character.digit(hex.bytes()[2 * i + 1], 16);
            invalid |= high | low;
            given[i] = (byte) (high << 4 | low);
        }
        return invalid >= 0;
    }

    /** The signature in digits of lower case, as all known programs send it. */
    void sign(Utf8Buffer salt, Utf8Buffer message, Utf8Buffer hex) {
        compute(salt, message);
        hex.setHex(right);
    }
}
