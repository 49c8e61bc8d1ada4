package org.msgr2.confd.calls;

import java.io.ByteArrayOutputStream;
import org.msgr2.session.rpc.CallException;

/** Takes an answer that travels in one piece. Not thread-safe. */
final class ShortAnswer extends ByteArrayOutputStream {
    private final int bytesMax;

    ShortAnswer(int bytesMax) {
        super(Math.min(bytesMax, 1024));
        this.bytesMax = bytesMax;
    }

    @Override
    public synchronized void write(int value) {
        demandRoom(1);
        super.write(value);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        demandRoom(length);
        super.write(bytes, offset, length);
    }

    private void demandRoom(int more) {
        if (more > bytesMax - count) {
            throw CallException.failed(
                    ConfdMethods.LONG_ANSWER,
                    "the answer has more than " + bytesMax + " bytes: '" + ConfdMethods.LARGE.name() + "' has it");
        }
    }
}
