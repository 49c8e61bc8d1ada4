package org.msgr2.confd.luxi.fault;

/** A JSON value that is not what its place asks for. Whoever knows the place makes another exception of it. */
public final class BadValueException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    public BadValueException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** The message, which is never null. */
    public String reason() {
        return reason;
    }
}
