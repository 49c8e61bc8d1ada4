package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * CephXAuthenticate, the proof of a login: {@code u8 3, u64 client_challenge, u64 key, CephXTicketBlob old_ticket, u32
 * other_keys} (spec/msgr2 §3.7). Version 2 is the same, version 1 has no other_keys.
 *
 * @param version what the sender knows; from 3 on it presents its old ticket when it reclaims a global_id (§3.10)
 * @param proof see {@link org.msgr2.crypto.key.CryptoKey#challengeProof}
 * @param oldTicket {@link TicketBlob#NONE} without a global_id to reclaim
 * @param otherKeys mask of the services that tickets are wanted for; 0 before version 2
 */
record Authenticate(int version, long clientChallenge, long proof, TicketBlob oldTicket, int otherKeys)
        implements Encodable {
    static final int VERSION = 3;

    private static final int VERSION_OTHER_KEYS = 2;

    static Authenticate read(WireReader in) throws WireException {
        int version = Decoding.version(in, 1, VERSION, "authenticate");
        return new Authenticate(
                version,
                in.u64("client_challenge"),
                in.u64("key"),
                TicketBlob.read(in),
                version >= VERSION_OTHER_KEYS ? in.s32("other_keys") : 0);
    }

    @Override
    public void write(WireWriter out) {
        oldTicket.write(out.u8(version).u64(clientChallenge).u64(proof));
        if (version >= VERSION_OTHER_KEYS) {
            out.u32(otherKeys);
        }
    }

    /** Without the values that the proof is made of. */
    @Override
    public String toString() {
        return "authenticate v" + version + ", old ticket " + oldTicket + ", other_keys 0x"
                + Integer.toHexString(otherKeys);
    }
}
