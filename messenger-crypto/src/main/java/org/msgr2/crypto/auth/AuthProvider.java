package org.msgr2.crypto.auth;

import org.msgr2.core.address.EntityType;

/**
 * A messenger's credentials and its rules for others': makes the machine for each connection. Thread-safe.
 */
public interface AuthProvider {

    /** For a connection that we dial. */
    AuthClient client(EntityType peerType);

    /** For a connection that we accept. */
    AuthServer server(EntityType peerType);
}
