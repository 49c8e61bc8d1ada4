package org.msgr2.session.transport;

import java.net.ConnectException;

/** The host is there, and nobody listens at that port. */
public final class ConnectionRefusedException extends ConnectException {
    private static final long serialVersionUID = 1;

    public ConnectionRefusedException() {
        super("Connection refused");
    }
}
