package org.msgr2.session.rpc;

import org.jspecify.annotations.Nullable;

/**
 * A call that did not end with {@link CallStatus#OK}. A handler throws one to end its call with a status and a text of its own;
 * whatever else it throws reaches the caller as {@link CallStatus#INTERNAL} without a word. {@link CallStatus#UNAVAILABLE} and
 * {@link CallStatus#DRAINING} are only the messenger's to say: from a handler of a node that is not being drained they reach the
 * caller as {@link CallStatus#FAILED}. Immutable.
 */
public final class CallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final CallStatus status;
    private final int code;
    private final String text;
    private final boolean neverSent;

    private CallException(CallStatus status, int code, String text, boolean neverSent, @Nullable Throwable cause) {
        super(
                status + (code == 0 ? "" : " (" + code + ")") + (text.isEmpty() ? "" : ": " + text),
                cause,
                false,
                cause != null || status == CallStatus.INTERNAL);
        if (status == CallStatus.OK) {
            throw new IllegalArgumentException("OK is not a failure");
        }
        this.status = status;
        this.code = code;
        this.text = text;
        this.neverSent = neverSent;
    }

    /** @param text for people; never a secret */
    public CallException(CallStatus status, String text) {
        this(status, 0, text, status.nothingHappened(), null);
    }

    public CallException(CallStatus status, String text, @Nullable Throwable cause) {
        this(status, 0, text, status.nothingHappened(), cause);
    }

    /** The application's own failure, for its handlers to throw: code and text reach the caller. */
    public static CallException failed(int code, String text) {
        return new CallException(CallStatus.FAILED, code, text, false, null);
    }

    /** As a callee has said it, or as we know it ourselves. */
    public static CallException of(CallStatus status, int code, String text, boolean neverSent) {
        return new CallException(status, code, text, neverSent || status.nothingHappened(), null);
    }

    public CallStatus status() {
        return status;
    }

    /** The application's code of a {@link CallStatus#FAILED}; 0 otherwise. */
    public int code() {
        return code;
    }

    /** For people; may be empty. */
    public String text() {
        return text;
    }

    /** Whether it is certain that no handler has seen the call, so that calling again does nothing twice. */
    public boolean neverSent() {
        return neverSent;
    }
}
