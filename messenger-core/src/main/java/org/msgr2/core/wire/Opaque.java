package org.msgr2.core.wire;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Immutable bytes whose meaning belongs to another layer: authentication payloads, signatures. They may hold secrets, so
 * {@link #toString} tells the length only and {@link #equals} takes the same time whatever the contents.
 */
public final class Opaque {
    public static final Opaque EMPTY = new Opaque(new byte[0]);

    private final byte[] bytes;

    private Opaque(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies the array. */
    public static Opaque copyOf(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Opaque(bytes.clone());
    }

    /** {@code length} zero bytes. */
    public static Opaque zeros(int length) {
        return new Opaque(new byte[length]);
    }

    static Opaque wrap(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Opaque(bytes);
    }

    public int length() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /** A copy. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    byte[] array() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Opaque that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "<" + bytes.length + " bytes>";
    }
}
