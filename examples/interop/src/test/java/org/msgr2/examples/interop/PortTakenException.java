package org.msgr2.examples.interop;

/**
 * Someone else bound a port between our choosing it and the daemon's binding it. The cure is to start over on other
 * ports.
 */
final class PortTakenException extends PeerException {

    private static final long serialVersionUID = 1L;

    PortTakenException(String message) {
        super(message);
    }
}
