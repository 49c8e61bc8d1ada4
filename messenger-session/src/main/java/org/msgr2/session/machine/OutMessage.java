package org.msgr2.session.machine;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.msgr2.core.message.Message;
import org.msgr2.session.SendResult;

/**
 * A message that a connection has accepted, from {@code send} until it is through or discarded. Owns a reference to the
 * message. Is itself the answer that the sender got, with which it may take the message back: {@link #revoke} may be called
 * on any thread, everything else on the session's loop.
 */
public final class OutMessage implements SendResult {

    /** Who has to know that a message was taken back. */
    @FunctionalInterface
    public interface Owner {
        /** The message was not begun and its payload is released; it still counts. On the thread of the one who took it back. */
        void revoked(OutMessage message);
    }

    /** Where it is, as far as the queue knows. */
    enum Place {
        ELSEWHERE,
        QUEUED,
        /** In the queue, which knows that it was taken back. */
        REVOKED
    }

    private static final int QUEUED = 0;
    /** In mid-frame, on a connection that sends nothing twice. */
    private static final int ABORTABLE = 1;

    private static final int ABORTED = 2;
    private static final int BEGUN = 3;
    private static final int REVOKED = 4;
    private static final int DISCARDED = 5;
    /** Before it was begun. */
    private static final int DISCARDED_UNWRITTEN = 6;

    private static final AtomicIntegerFieldUpdater<OutMessage> STATE =
            AtomicIntegerFieldUpdater.newUpdater(OutMessage.class, "state");

    private final Message message;
    private final long number;
    private final long bytes;
    private final Owner owner;
    private volatile int state;
    private Place place = Place.ELSEWHERE;

    /**
     * @param message as the application made it
     * @param number its place among those accepted by the connection, from 1
     * @param bytes what it counts in the connection's bounds
     */
    public OutMessage(Message message, long number, long bytes, Owner owner) {
        this.message = message;
        this.number = number;
        this.bytes = bytes;
        this.owner = owner;
    }

    /** One that cannot be taken back. */
    public OutMessage(Message message, long number, long bytes) {
        this(message, number, bytes, revoked -> {});
        state = BEGUN;
    }

    @Override
    public Outcome outcome() {
        return Outcome.ACCEPTED;
    }

    @Override
    public long number() {
        return number;
    }

    public Message message() {
        return message;
    }

    public long bytes() {
        return bytes;
    }

    @Override
    public Revocation revoke() {
        if (STATE.compareAndSet(this, QUEUED, REVOKED)) {
            message.release();
            owner.revoked(this);
            return Revocation.REMOVED;
        }
        if (STATE.compareAndSet(this, ABORTABLE, ABORTED)) {
            return Revocation.ABORTED;
        }
        return switch (state) {
            case ABORTABLE, BEGUN -> Revocation.TOO_LATE;
            default -> Revocation.NOTHING;
        };
    }

    @Override
    public boolean neverWritten() {
        int now = state;
        return now == REVOKED || now == DISCARDED_UNWRITTEN;
    }

    boolean isRevoked() {
        return state == REVOKED;
    }

    /** It is about to be written. False if it was taken back; from now on that is too late. */
    boolean begin() {
        return STATE.compareAndSet(this, QUEUED, BEGUN) || state == BEGUN;
    }

    /** It is being written, and may be aborted until {@link #finish}. */
    void abortable() {
        state = ABORTABLE;
    }

    boolean isAborted() {
        return state == ABORTED;
    }

    /** It is not {@link #abortable} any more. False if it was aborted. */
    boolean finish() {
        return STATE.compareAndSet(this, ABORTABLE, BEGUN);
    }

    /** It is not going to be sent. False if it was taken back: then it is not the session's to release. */
    public boolean discard() {
        return STATE.compareAndSet(this, QUEUED, DISCARDED_UNWRITTEN) || STATE.compareAndSet(this, BEGUN, DISCARDED);
    }

    /** It was its turn, and nothing of it will be written. */
    boolean discardUnwritten() {
        return STATE.compareAndSet(this, BEGUN, DISCARDED_UNWRITTEN);
    }

    Place place() {
        return place;
    }

    void place(Place now) {
        place = now;
    }

    @Override
    public String toString() {
        return "message " + number;
    }
}
