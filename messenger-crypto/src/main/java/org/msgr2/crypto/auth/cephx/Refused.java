package org.msgr2.crypto.auth.cephx;

import org.msgr2.crypto.auth.Errno;

/**
 * A peer is not believed. The peer gets the errno only, and most reasons share one, so that it cannot tell how far it came.
 * Has no stack trace: an attacker would make us fill in many.
 */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final LoginListener.Reason reason;
    private final int errno;

    /** The ordinary answer, -EACCES. */
    Refused(LoginListener.Reason reason) {
        this(reason, Errno.EACCES);
    }

    Refused(LoginListener.Reason reason, int errno) {
        super("refused: " + reason, null, false, false);
        this.reason = reason;
        this.errno = errno;
    }

    LoginListener.Reason reason() {
        return reason;
    }

    /** Negative, as the wire has it. */
    int result() {
        return -errno;
    }
}
