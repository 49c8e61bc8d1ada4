package org.msgr2.crypto.auth;

import org.msgr2.core.wire.Opaque;

/**
 * What a finished authentication leaves behind.
 *
 * @param identity the peer's
 * @param sessionKey signs the handshake
 * @param connectionSecret keys and nonces of secure mode; empty in crc mode
 * @param session what the peer may ask for later, at the accepting end; at the other, what a login leaves with its connection
 */
public record AuthOutcome(PeerIdentity identity, SessionKey sessionKey, Opaque connectionSecret, AuthSession session) {

    /** Without anything to ask for later. */
    public AuthOutcome(PeerIdentity identity, SessionKey sessionKey, Opaque connectionSecret) {
        this(identity, sessionKey, connectionSecret, AuthSession.NONE);
    }
}
