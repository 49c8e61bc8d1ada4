package org.msgr2.crypto.key;

import org.msgr2.core.FaultKind;
import org.msgr2.core.wire.WireException;

/** The types of {@link CryptoKey} (spec/msgr2 §3.6). */
public enum KeyType {
    /** AES-128-CBC without integrity: what every Ceph release speaks. */
    AES(1, 16, "aes"),
    /** RFC 8009: encrypted, authenticated, and bound to a {@link KeyUsage}. Since Ceph 19.2.6 and 20.2.4. */
    AES256KRB5(2, 32, "aes256k");

    private final int code;
    private final int secretBytes;
    private final String label;

    KeyType(int code, int secretBytes, String label) {
        this.code = code;
        this.secretBytes = secretBytes;
        this.label = label;
    }

    /** The value on the wire. */
    public int code() {
        return code;
    }

    /** The one length that a secret of this type has. */
    public int secretBytes() {
        return secretBytes;
    }

    static KeyType fromWire(int code, String field) throws WireException {
        for (KeyType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new WireException(FaultKind.FEATURE, field + ": a key of type " + code + ", known are 1 and 2");
    }

    /** As Ceph prints it: {@code aes}, {@code aes256k}. */
    @Override
    public String toString() {
        return label;
    }
}
