package org.msgr2.core.mon;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * The 18 bytes that the payloads of a monitor's services begin with: {@code u64 version, s16 rank, u64 tid}. Only the
 * version still means something; peers write rank -1 and tid 0 (spec/msgr2-observed §7).
 */
final class PaxosHeader {
    static final int BYTES = 18;
    private static final int NO_RANK = 0xffff;

    private PaxosHeader() {}

    static void write(WireWriter out) {
        out.u64(0).u16(NO_RANK).u64(0);
    }

    static void skip(WireReader in) throws WireException {
        in.slice(BYTES, "paxos header");
    }
}
