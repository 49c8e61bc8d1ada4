package org.msgr2.crypto.auth;

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
}
