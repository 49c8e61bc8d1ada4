package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.AuthServerProvider;

/** A messenger's cephx, both ends of it: logs in with its own key, and asks others for theirs. Thread-safe. */
public final class CephxAuth implements AuthProvider {
    private final CephxClient client;
    private final AuthServerProvider server;

    /** @param server for connections that we accept; a messenger that only dials never asks it */
    public CephxAuth(CephxClient client, AuthServerProvider server) {
        this.client = client;
        this.server = server;
    }

    /** Our own tickets, and what keeps them fresh. */
    public CephxClient client() {
        return client;
    }

    @Override
    public AuthClient client(EntityType peerType) {
        return client.client(peerType);
    }

    @Override
    public AuthServer server(EntityType peerType) {
        return server.server(peerType);
    }

    @Override
    public AuthServer server(EntityType peerType, EntityAddr from) {
        return server.server(peerType, from);
    }
}
