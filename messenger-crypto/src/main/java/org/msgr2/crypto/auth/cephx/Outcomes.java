package org.msgr2.crypto.auth.cephx;

import java.util.Arrays;
import java.util.List;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.crypto.key.CryptoKey;

/** What both kinds of AUTH_DONE end in. */
final class Outcomes {
    /** In secure mode; what its keys and nonces are cut from. */
    static final int CONNECTION_SECRET_BYTES = 64;

    private Outcomes() {}

    /** Ceph's own client does not look: a server could talk it out of encryption (observed). */
    static void checkMode(ConnectionMode chosen, List<ConnectionMode> offered) throws ProtocolException {
        if (!offered.contains(chosen)) {
            throw new ProtocolException(FaultKind.AUTH, "the peer chose mode " + chosen + ", offered were " + offered);
        }
    }

    /**
     * @param secret as the peer sent it
     * @param globalId ours
     */
    static AuthOutcome of(EntityType peer, long globalId, ConnectionMode mode, CryptoKey sessionKey, Opaque secret)
            throws ProtocolException {
        int expected = mode == ConnectionMode.SECURE ? CONNECTION_SECRET_BYTES : 0;
        if (secret.length() != expected) {
            throw new ProtocolException(
                    FaultKind.AUTH,
                    "a connection secret of " + secret.length() + " bytes, mode " + mode + " needs " + expected);
        }
        // A service has no capabilities with its client.
        PeerIdentity identity =
                new PeerIdentity(AuthMethod.CEPHX, new EntityName(peer, "*"), globalId, Capabilities.NONE);
        byte[] key = sessionKey.secret();
        try {
            return new AuthOutcome(identity, SessionKey.of(key), secret);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
