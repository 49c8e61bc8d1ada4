package org.msgr2.confd.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that are filled again and again, up to a limit. Not thread-safe. */
final class Utf8Buffer extends OutputStream {
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final int lengthMax;
    private byte[] bytes;
    private int length;

    Utf8Buffer(int initial, int lengthMax) {
        this.lengthMax = lengthMax;
        bytes = new byte[Math.min(initial, lengthMax)];
    }

    /** That more was written than the limit allows. */
    static final class Overflow extends IOException {
        private static final long serialVersionUID = 1L;

        private Overflow() {
            super("longer than allowed");
        }

        /** Happens in the ordinary course of events, and nobody asks where. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    @Override
    public void write(int value) throws IOException {
        room(1);
        bytes[length++] = (byte) value;
    }

    @Override
    public void write(byte[] source, int offset, int count) throws IOException {
        room(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
    }

    /** Replaces the content by the hexadecimal digits of these bytes; the caller knows that they are within the limit. */
    void setHex(byte[] source) {
        if (bytes.length < 2 * source.length) {
            bytes = new byte[2 * source.length];
        }
        length = 0;
        for (byte b : source) {
            bytes[length++] = DIGITS[b >> 4 & 15];
            bytes[length++] = DIGITS[b & 15];
        }
    }

    /**
     * Appends one byte.
     *
     * @return false if that would be more than the limit
     */
    boolean append(byte value) {
        if (length == bytes.length) {
            if (length == lengthMax) {
                return false;
            }
            bytes = Arrays.copyOf(bytes, Math.min(lengthMax, Math.max(16, 2 * length)));
        }
        bytes[length++] = value;
        return true;
    }

    private void room(int count) throws Overflow {
        if (count > lengthMax - length) {
            throw new Overflow();
        }
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.min(lengthMax, Math.max(2 * bytes.length, length + count)));
        }
    }

    /**
     * Replaces the content by characters in UTF-8.
     *
     * @return false if they have no UTF-8: half of a surrogate pair is among them
     */
    boolean set(char[] chars, int offset, int count) throws IOException {
        clear();
        room(count);
        int end = offset + count;
        int at = offset;
        for (; at < end && chars[at] < 0x80; at++) {
            bytes[length++] = (byte) chars[at];
        }
        return at == end || append(chars, at, end);
    }

    private boolean append(char[] chars, int offset, int end) throws IOException {
        for (int at = offset; at < end; at++) {
            char c = chars[at];
            if (c < 0x80) {
                write(c);
            } else if (Character.isHighSurrogate(c) && at + 1 < end && Character.isLowSurrogate(chars[at + 1])) {
                encode(Character.toCodePoint(c, chars[++at]));
            } else if (Character.isSurrogate(c)) {
                return false;
            } else {
                encode(c);
            }
        }
        return true;
    }

    /** See {@link #set(char[], int, int)}. */
    boolean set(String text) throws IOException {
        clear();
        int count = text.length();
        room(count);
        for (int at = 0; at < count; at++) {
            char c = text.charAt(at);
            if (c >= 0x80) {
                char[] chars = text.toCharArray();
                return set(chars, 0, chars.length);
            }
            bytes[length++] = (byte) c;
        }
        return true;
    }

    private void encode(int point) throws IOException {
        if (point < 0x800) {
            write(0xc0 | point >> 6);
        } else {
            if (point < 0x1_0000) {
                write(0xe0 | point >> 12);
            } else {
                write(0xf0 | point >> 18);
                write(0x80 | (point >> 12 & 0x3f));
            }
            write(0x80 | (point >> 6 & 0x3f));
        }
        write(0x80 | (point & 0x3f));
    }
}
