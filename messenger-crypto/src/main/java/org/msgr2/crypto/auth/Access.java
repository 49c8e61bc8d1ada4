package org.msgr2.crypto.auth;

/** What a capability can allow: the letters of {@code rwx}. */
public enum Access {
    READ('r'),
    WRITE('w'),
    /** Whatever a service calls a command or a method. */
    EXECUTE('x');

    private final char letter;

    Access(char letter) {
        this.letter = letter;
    }

    /** As capabilities are written. */
    public char letter() {
        return letter;
    }
}
