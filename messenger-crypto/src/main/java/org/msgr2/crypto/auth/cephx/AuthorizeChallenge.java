package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/** CephXAuthorizeChallenge, sealed with the service's session key: {@code u8 1, u64 server_challenge} (spec/msgr2 §3.7). */
record AuthorizeChallenge(long challenge) implements Encodable {
    private static final int VERSION = 1;

    static AuthorizeChallenge read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "authorize challenge");
        return new AuthorizeChallenge(in.u64("server_challenge"));
    }

    @Override
    public void write(WireWriter out) {
        out.u8(VERSION).u64(challenge);
    }

    /** Without the challenge: it is sealed on the wire. */
    @Override
    public String toString() {
        return "authorize challenge";
    }
}
