package org.msgr2.confd.calls;

import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.ResponseStream;

/** Takes an answer of any length, and sends it as its caller takes it. Written by one thread, before it is sent. */
final class LargeAnswer extends OutputStream {
    private final int pieceBytes;
    private final AtomicLong budget;
    private final Deque<byte[]> pieces = new ArrayDeque<>();
    private byte[] piece = {};
    private int used;

    /** @param budget bytes that are left for all of them */
    LargeAnswer(int pieceBytes, AtomicLong budget) {
        this.pieceBytes = pieceBytes;
        this.budget = budget;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int taken = 0;
        while (taken < length) {
            if (used == piece.length) {
                begin();
            }
            int now = Math.min(length - taken, piece.length - used);
            System.arraycopy(bytes, offset + taken, piece, used, now);
            used += now;
            taken += now;
        }
    }

    private void begin() {
        finish();
        if (budget.addAndGet(-pieceBytes) < 0) {
            budget.addAndGet(pieceBytes);
            throw new CallException(CallStatus.OVERLOADED, "too many large answers wait for their callers");
        }
        piece = new byte[pieceBytes];
        used = 0;
    }

    private void finish() {
        if (piece.length > 0) {
            pieces.add(used == piece.length ? piece : Arrays.copyOf(piece, used));
            piece = new byte[0];
            used = 0;
        }
    }

    /** Sends what was written, and ends the call; or drops it when that ends otherwise. */
    void sendTo(ResponseStream<byte[]> items) {
        finish();
        items.onReady(() -> pump(items));
    }

    private synchronized void pump(ResponseStream<byte[]> items) {
        try {
            while (!pieces.isEmpty() && items.offer(pieces.element())) {
                pieces.remove();
                budget.addAndGet(pieceBytes);
            }
            if (pieces.isEmpty()) {
                items.end();
            }
        } catch (CallException e) {
            items.fail(e); // does nothing if that is why
            drop();
        }
    }

    /** Gives back what is not sent. */
    synchronized void drop() {
        finish();
        budget.addAndGet((long) pieceBytes * pieces.size());
        pieces.clear();
    }
}
