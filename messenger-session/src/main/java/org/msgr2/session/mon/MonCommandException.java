package org.msgr2.session.mon;

import org.jspecify.annotations.Nullable;

/** A command has no answer. Its message is one line for a person. */
public final class MonCommandException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean mayHaveRun;

    MonCommandException(String message, boolean mayHaveRun, @Nullable Throwable cause) {
        super(message, cause);
        this.mayHaveRun = mayHaveRun;
    }

    /** False if no monitor can have seen the command. Otherwise it is for the caller to find out, or to know it harmless. */
    public boolean mayHaveRun() {
        return mayHaveRun;
    }
}
