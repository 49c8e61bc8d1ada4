package org.msgr2.crypto.auth;

/** The first byte of a first AUTH payload: whom the connector wants to convince (spec/msgr2 §3.3). */
public final class AuthMode {
    /** A service, with a ticket. */
    public static final int AUTHORIZER = 1;

    /** A monitor, with the entity's own key. */
    public static final int MON = 10;

    private AuthMode() {}
}
