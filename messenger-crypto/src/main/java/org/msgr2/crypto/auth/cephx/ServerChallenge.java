package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/** CephXServerChallenge: {@code u8 1, u64 server_challenge}, never 0 (spec/msgr2 §3.7). */
record ServerChallenge(long challenge) implements Encodable {
    private static final int VERSION = 1;

    static ServerChallenge read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "server challenge");
        long challenge = in.u64("server_challenge");
        if (challenge == 0) {
            throw new WireException("server_challenge: 0");
        }
        return new ServerChallenge(challenge);
    }

    @Override
    public void write(WireWriter out) {
        out.u8(VERSION).u64(challenge);
    }
}
