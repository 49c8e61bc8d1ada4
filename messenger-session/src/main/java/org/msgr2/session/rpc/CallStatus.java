package org.msgr2.session.rpc;

import java.util.HashMap;
import java.util.Map;

/** How a call ended: every call has exactly one, at each end. The codes are those of the wire. */
public enum CallStatus {
    OK(0),

    /** The caller did not want it any more. The callee may have done it, or part of it. */
    CANCELLED(1),

    /** Not ended within its time. {@link CallException#neverSent} tells whether it may have happened. */
    DEADLINE_EXCEEDED(2),

    /** Nothing of it has left, so nothing happened: it is safe to call again. */
    NOT_SENT(3),

    /**
     * The session ended, or was forgotten by the peer, before the answer came. It may have happened or not. It is never called
     * again silently: only the application knows whether that would do harm.
     */
    OUTCOME_UNKNOWN(4),

    /** The peer has no service of that name that takes calls. */
    UNKNOWN_SERVICE(5),

    /** The service has no method of that name. */
    UNKNOWN_METHOD(6),

    /** The caller lacks a capability; the text names the entity and what was missing. */
    PERMISSION_DENIED(7),

    /** A request, an item or an answer is beyond {@link org.msgr2.core.wire.Limits.Calls}. */
    TOO_LARGE(8),

    /** The callee has too much to do and refused it: nothing happened. */
    OVERLOADED(9),

    /** Our own queue, or the number of our calls, is full: nothing was sent. The caller has to slow down. */
    BACK_PRESSURED(10),

    /** The callee could not read the request, or the caller the answer; or the method is of another shape. */
    INVALID(11),

    /** The application's own failure, with its code and its text. */
    FAILED(12),

    /** The callee's handler broke. Why is in its log and nowhere else. */
    INTERNAL(13),

    /** The peer broke the protocol of calls: the connection was closed. */
    PROTOCOL(14),

    /** The service takes no calls any more, as its node is being drained: nothing happened. Another peer may take it. */
    UNAVAILABLE(15),

    /**
     * The callee's node is being drained, and has ended what would not have ended by itself: a subscription, which goes on at
     * another peer, or at this one when it is back, behind what was heard.
     */
    DRAINING(16);

    private static final Map<Integer, CallStatus> BY_CODE = new HashMap<>();

    static {
        for (CallStatus status : values()) {
            BY_CODE.put(status.code, status);
        }
    }

    private final int code;

    CallStatus(int code) {
        this.code = code;
    }

    /** The u16 on the wire. */
    public int code() {
        return code;
    }

    /** A status of a newer peer that has no name here is a {@link #FAILED}. */
    public static CallStatus ofCode(int code) {
        return BY_CODE.getOrDefault(code, FAILED);
    }

    /** Whether it says that the callee did nothing, whoever says it. */
    public boolean nothingHappened() {
        return switch (this) {
            case NOT_SENT,
                    UNKNOWN_SERVICE,
                    UNKNOWN_METHOD,
                    PERMISSION_DENIED,
                    OVERLOADED,
                    BACK_PRESSURED,
                    UNAVAILABLE -> true;
            default -> false;
        };
    }
}
