package org.msgr2.session.rpc.machine;

/** What the items that wait for their readers may take together, on one connection. Not thread-safe. */
public final class BufferBudget {
    private final long bytesMax;
    private long bytes;

    public BufferBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** @return false if there is no room: nothing is taken then */
    boolean take(int count) {
        if (bytes + count > bytesMax) {
            return false;
        }
        bytes += count;
        return true;
    }

    void giveBack(int count) {
        bytes -= count;
    }

    public long bytes() {
        return bytes;
    }
}
