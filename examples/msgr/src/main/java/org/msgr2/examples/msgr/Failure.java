package org.msgr2.examples.msgr;

import org.jspecify.annotations.Nullable;

/** A command could not do its work. The message is the one line that the user sees, and says what to do if that is known. */
final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private Failure(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** It was tried and did not work. */
    static Failure of(String message, @Nullable Throwable cause) {
        return new Failure(Msgr.FAILED, message, cause);
    }

    static Failure of(String message) {
        return of(message, null);
    }

    /** What was asked for makes no sense; nothing was tried. */
    static Failure usage(String message, @Nullable Throwable cause) {
        return new Failure(Msgr.WRONG_USAGE, message, cause);
    }

    static Failure usage(String message) {
        return usage(message, null);
    }

    int exitCode() {
        return exitCode;
    }
}
