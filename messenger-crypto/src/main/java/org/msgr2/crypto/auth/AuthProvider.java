package org.msgr2.crypto.auth;

import org.msgr2.core.address.EntityType;

/**
 * A messenger's credentials and its rules for others': makes the machine for each connection. Thread-safe.
 */
public interface AuthProvider extends AuthServerProvider {

    /** For a connection that we dial. */
    AuthClient client(EntityType peerType);

    /** For a connection that we accept. */
    @Override
    AuthServer server(EntityType peerType);
}
