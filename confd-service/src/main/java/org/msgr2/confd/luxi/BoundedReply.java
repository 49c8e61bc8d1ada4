package org.msgr2.confd.luxi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Collects a reply up to a size. Not thread-safe. */
final class BoundedReply extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private final int bytesMax;

    BoundedReply(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** The reply has become too long. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLongException(int bytesMax) {
            super("The answer is longer than " + bytesMax + " bytes");
        }
    }

    @Override
    public void write(int b) throws IOException {
        admit(1);
        bytes.write(b);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        admit(length);
        bytes.write(source, offset, length);
    }

    private void admit(int length) throws TooLongException {
        if (length > bytesMax - bytes.size()) {
            throw new TooLongException(bytesMax);
        }
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
