package org.msgr2.crypto.auth;

import org.msgr2.core.wire.Opaque;

/**
 * What the accepting end keeps of an authentication for as long as its session lasts: with it the peer asks, in ordinary
 * messages, for more of what it authenticated for (spec/msgr2 §3.8, renewal). Bound to the peer that authenticated.
 * Thread-safe.
 */
public interface AuthSession {

    /** Of a method, or of an end, that gives nothing later. */
    AuthSession NONE = payload -> new Reply(-Errno.EOPNOTSUPP, 0, Opaque.EMPTY);

    /**
     * The parts of an MAuthReply message.
     *
     * @param result 0 or a negative errno
     * @param globalId of the peer
     */
    record Reply(int result, long globalId, Opaque payload) {}

    /** @param payload of an MAuth message */
    Reply request(Opaque payload);

    /**
     * Whether the peer has to show that it knows how to reclaim its global_id: the session is then to be marked down at its
     * first message other than MON_GET_MAP, and has to come back with its ticket (CVE-2021-20288, spec/msgr2 §3.10).
     */
    default boolean hasToReconnect() {
        return false;
    }
}
