package org.msgr2.examples.interop;

/**
 * A program that we did not write could not be found, started, or did not do what was asked. The message has the program's own
 * words.
 */
public class PeerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what was attempted and what the program answered */
    public PeerException(String message) {
        super(message);
    }

    /**
     * @param message what was attempted
     * @param cause why it did not work
     */
    public PeerException(String message, Throwable cause) {
        super(message, cause);
    }
}
