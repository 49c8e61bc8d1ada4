package org.msgr2.crypto.key;

/** A keyring that cannot be used. The message is for a user; it names file and line, and quotes nothing that may be a secret. */
public final class KeyringException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Of a whole file. */
    public KeyringException(String file, String detail) {
        super(file + ": " + detail);
    }

    /** @param line from 1 */
    public KeyringException(String file, int line, String detail) {
        super(file + ":" + line + ": " + detail);
    }
}
