package org.msgr2.crypto.auth;

import org.msgr2.core.wire.Opaque;

/**
 * What a finished authentication leaves behind.
 *
 * @param identity the peer's
 * @param sessionKey signs the handshake
 * @param connectionSecret keys and nonces of secure mode; empty in crc mode
 */
public record AuthOutcome(PeerIdentity identity, SessionKey sessionKey, Opaque connectionSecret) {}
