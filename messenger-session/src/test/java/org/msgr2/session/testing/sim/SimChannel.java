package org.msgr2.session.testing.sim;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.Connection;
import org.msgr2.session.SessionEvent;

/**
 * What one process sends over one of its connections, and what becomes of it: the ledger that the invariants are checked
 * against. Messages are numbered from 1, as the connection numbers them.
 */
final class SimChannel {
    private static final int COUNTER_BITS = 32;
    private static final int INDEX_BITS = 12;
    private static final int INCARNATION_BITS = 12;
    private static final int[] PRIORITIES = {127, 10, 196, 255};

    private final SimNode sender;
    private final int incarnation;
    private final int index;
    private final int receiver;
    private final Connection connection;
    private final boolean dialled;
    /** In order and without a gap for each priority; otherwise in order, which a receiver may enter in the midst. */
    private final boolean contiguous;

    private int sent;
    private byte[] priorityOf = new byte[64];
    private long[] sentAtNs = new long[64];
    private final int[] lastOfPriority = new int[PRIORITIES.length];
    private int[] before = new int[64];
    private final BitSet delivered = new BitSet();
    private final Map<Object, int[]> progress = new HashMap<>();
    private final BitSet named = new BitSet();
    private final BitSet revoked = new BitSet();
    private int pings;
    private long discarded;
    private int backlog;
    private boolean ready;
    private boolean ended;
    private boolean givenUp;
    private int times;

    SimChannel(
            SimNode sender,
            int incarnation,
            int index,
            int receiver,
            Connection connection,
            boolean dialled,
            boolean contiguous) {
        this.sender = sender;
        this.incarnation = incarnation;
        this.index = index;
        this.receiver = receiver;
        this.connection = connection;
        this.dialled = dialled;
        this.contiguous = contiguous;
    }

    SimNode sender() {
        return sender;
    }

    int incarnation() {
        return incarnation;
    }

    int receiver() {
        return receiver;
    }

    Connection connection() {
        return connection;
    }

    boolean dialled() {
        return dialled;
    }

    int sent() {
        return sent;
    }

    /** What a message carries, which no other message does. */
    long tid(int number) {
        return ((((long) sender.number() << INCARNATION_BITS | incarnation) << INDEX_BITS | index) << COUNTER_BITS)
                | number;
    }

    static int senderOf(long tid) {
        return (int) (tid >>> (COUNTER_BITS + INDEX_BITS + INCARNATION_BITS));
    }

    static int indexOf(long tid) {
        return (int) (tid >>> COUNTER_BITS) & ((1 << (INDEX_BITS + INCARNATION_BITS)) - 1);
    }

    int key() {
        return incarnation << INDEX_BITS | index;
    }

    static int priority(int which) {
        return PRIORITIES[which];
    }

    static int priorities() {
        return PRIORITIES.length;
    }

    /** The next message was accepted. */
    void accepted(int priority, long nowNs) {
        sent++;
        if (sent >= before.length) {
            before = Arrays.copyOf(before, sent * 2);
            priorityOf = Arrays.copyOf(priorityOf, sent * 2);
            sentAtNs = Arrays.copyOf(sentAtNs, sent * 2);
        }
        before[sent] = lastOfPriority[priority];
        lastOfPriority[priority] = sent;
        priorityOf[sent] = (byte) priority;
        sentAtNs[sent] = nowNs;
    }

    /** The sender has taken a message back: it must not come, and need not be heard of. */
    void revoked(int number) {
        revoked.set(number);
    }

    /**
     * A message has come to the application.
     *
     * @param over the receiver's connection
     * @param process the receiver's incarnation
     * @return what is wrong with that; null if nothing
     */
    @Nullable String delivered(int number, int priority, Connection over, Object process, boolean oncePerProcess) {
        if (number < 1 || number > sent) {
            return "message " + number + " of " + this + " was never sent";
        }
        if (revoked.get(number)) {
            return "message " + number + " of " + this + " comes, though it was taken back";
        }
        int which = priorityOf[number];
        if (PRIORITIES[which] != priority) {
            return "message " + number + " of " + this + " has another priority: " + priority;
        }
        int[] last = progress.computeIfAbsent(contiguous ? process : over, o -> new int[PRIORITIES.length]);
        if (number <= last[which]) {
            return "message " + number + " of " + this + " comes after message " + last[which]
                    + (delivered.get(number) ? ", and for the second time" : "");
        }
        int expected = before[number];
        while (expected > 0 && revoked.get(expected)) {
            expected = before[expected];
        }
        if (contiguous && last[which] != expected) {
            return "message " + number + " of " + this + " comes after message " + last[which] + ", without "
                    + expected;
        }
        last[which] = number;
        if (oncePerProcess) {
            int[] all = progress.computeIfAbsent(process, o -> new int[PRIORITIES.length]);
            if (number < all[which] || (all != last && number == all[which])) {
                return "message " + number + " of " + this
                        + " has come to this process before, over another connection";
            }
            all[which] = number;
        }
        delivered.set(number);
        return null;
    }

    boolean isDelivered(int number) {
        return delivered.get(number);
    }

    long sentAtNs(int number) {
        return sentAtNs[number];
    }

    /** Whether an event has named it, perhaps among others. */
    boolean isDiscarded(int number) {
        return named.get(number) && !delivered.get(number);
    }

    /** @return what is wrong with that; null if nothing */
    @Nullable String discarded(SessionEvent.Discarded event) {
        discarded += event.messages();
        if (event.firstNumber() < 1
                || event.lastNumber() > sent
                || event.firstNumber() > event.lastNumber()
                || event.messages() < 1
                || event.messages() > event.lastNumber() - event.firstNumber() + 1
                || discarded > sent) {
            return event + " on " + this + ", which has sent " + sent + ", with " + discarded + " discarded in all";
        }
        named.set((int) event.firstNumber(), (int) event.lastNumber() + 1);
        return null;
    }

    /**
     * Of every message something must be known at the end.
     *
     * @param upheavalNs when the receiver has last lost what it had of the sender; negative if never
     * @return what is wrong; null if nothing
     */
    @Nullable String missing(long upheavalNs, boolean lossless) {
        int missing = 0;
        int waiting = ended ? 0 : connection.queuedMessages();
        for (int number = delivered.nextClearBit(1); number <= sent; number = delivered.nextClearBit(number + 1)) {
            if (sentAtNs[number] <= upheavalNs || revoked.get(number)) {
                continue; // it may have come to a process that is gone, or to a session that was reset
            }
            missing++;
            if (lossless && !named.get(number) && waiting == 0) {
                return "message " + number + " of " + this + " is neither delivered nor discarded";
            }
        }
        return lossless && missing > discarded + waiting
                ? missing + " messages of " + this + " are missing, " + discarded + " discarded, " + waiting
                        + " waiting"
                : null;
    }

    boolean allDelivered() {
        return delivered.cardinality() + revoked.cardinality() == sent;
    }

    /** A ping is under way. */
    void pinged() {
        pings++;
    }

    /** It was answered, or could not be. */
    void pingResolved() {
        pings--;
    }

    int pings() {
        return pings;
    }

    int backlog() {
        return backlog;
    }

    void backlog(int messages) {
        backlog = messages;
    }

    boolean isReady() {
        return ready;
    }

    /** @return how often it was, this time included */
    int becameReady() {
        ready = true;
        return ++times;
    }

    boolean hasEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    /** The application wants no more of it. */
    void giveUp() {
        givenUp = true;
    }

    boolean isGivenUp() {
        return givenUp;
    }

    @Override
    public String toString() {
        return "node " + sender.number() + " to node " + receiver + " (process " + incarnation + ", connection " + index
                + (dialled ? ", dialled" : ", accepted") + ")";
    }
}
