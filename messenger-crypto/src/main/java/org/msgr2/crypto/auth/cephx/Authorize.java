package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * CephXAuthorize, sealed with the service's session key: {@code u8 2, u64 nonce, bool have_challenge, u64
 * server_challenge_plus_one} (spec/msgr2 §3.7). Version 1 has the nonce only, and cannot answer a challenge.
 */
record Authorize(int version, long nonce, boolean haveChallenge, long serverChallengePlusOne) implements Encodable {
    private static final int VERSION_CHALLENGE = 2;

    /** The first one of a connection. */
    static Authorize first(long nonce) {
        return new Authorize(VERSION_CHALLENGE, nonce, false, 0);
    }

    /** The one that answers the challenge. */
    static Authorize answer(long nonce, long serverChallenge) {
        return new Authorize(VERSION_CHALLENGE, nonce, true, serverChallenge + 1);
    }

    static Authorize read(WireReader in) throws WireException {
        int version = Decoding.version(in, 1, VERSION_CHALLENGE, "authorize");
        long nonce = in.u64("nonce");
        if (version < VERSION_CHALLENGE) {
            return new Authorize(version, nonce, false, 0);
        }
        return new Authorize(version, nonce, in.bool("have_challenge"), in.u64("server_challenge_plus_one"));
    }

    @Override
    public void write(WireWriter out) {
        out.u8(version).u64(nonce);
        if (version >= VERSION_CHALLENGE) {
            out.bool(haveChallenge).u64(serverChallengePlusOne);
        }
    }

    /** Without the nonce and the challenge: they are sealed on the wire. */
    @Override
    public String toString() {
        return "authorize v" + version + (haveChallenge ? " with challenge" : " without challenge");
    }
}
