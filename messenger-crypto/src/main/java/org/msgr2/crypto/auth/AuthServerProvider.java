package org.msgr2.crypto.auth;

import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;

/** The accepting half of an {@link AuthProvider}. Thread-safe. */
@FunctionalInterface
public interface AuthServerProvider {

    /**
     * For a connection that we accept.
     *
     * @param peerType as its HELLO says: claimed, not proven
     */
    AuthServer server(EntityType peerType);

    /**
     * The same for one that knows where the peer comes from, to say so of those that are refused.
     *
     * @param from the peer's end of the connection
     */
    default AuthServer server(EntityType peerType, EntityAddr from) {
        return server(peerType);
    }
}
