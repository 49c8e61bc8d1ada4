package org.msgr2.session.rpc.machine;

/** The items of a call in one direction, at the end that sends them: how many the other end still wants. Not thread-safe. */
final class Sending {
    /** Far more than anybody grants: sums stay small, whatever a peer says. */
    private static final long CREDIT_MAX = 1L << 40;

    private long items;
    private long bytes;
    private boolean ended;

    Sending(long items, long bytes) {
        this.items = items;
        this.bytes = bytes;
    }

    /** An item may exceed what is left in bytes, so that one of any size can pass. */
    boolean hasCredit() {
        return items > 0 && bytes > 0;
    }

    void sent(int payloadBytes) {
        items--;
        bytes -= payloadBytes;
    }

    void granted(long moreItems, long moreBytes) {
        items = Math.min(CREDIT_MAX, items + moreItems);
        bytes = Math.min(CREDIT_MAX, bytes + moreBytes);
    }

    /** There are no more items. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }
}
