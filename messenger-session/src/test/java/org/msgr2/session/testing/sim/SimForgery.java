package org.msgr2.session.testing.sim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.msgr2.core.frame.Tag;

/**
 * Changes what a SESSION_RECONNECT or the answer to it says, so that its checksum holds: as from a peer that is wrong, where nothing is signed. For
 * msgr2.1 in crc mode.
 *
 * <pre>
 * preamble 32 | addrvec | u64 client_cookie | u64 server_cookie | u64 global_seq | u64 connect_seq | u64 msg_seq | u32 crc
 * preamble 32 | u64 msg_seq | u32 crc
 * </pre>
 */
enum SimForgery {
    MSG_SEQ(Tag.SESSION_RECONNECT, SimFault.IMPOSSIBLE_POSITION, Long.BYTES),
    ANSWERED_MSG_SEQ(Tag.SESSION_RECONNECT_OK, SimFault.IMPOSSIBLE_POSITION, Long.BYTES),
    SERVER_COOKIE(Tag.SESSION_RECONNECT, SimFault.WRONG_COOKIE, 4 * Long.BYTES);

    private static final int PREAMBLE_BYTES = 32;
    private static final int CRC_BYTES = 4;
    private static final long FAR_AWAY = 1_000_000;

    private final Tag tag;
    private final SimFault fault;
    private final int fromEnd;

    SimForgery(Tag tag, SimFault fault, int fromEnd) {
        this.tag = tag;
        this.fault = fault;
        this.fromEnd = fromEnd;
    }

    SimFault fault() {
        return fault;
    }

    /** @return false if these bytes are something else */
    boolean apply(byte[] frame) {
        if (frame.length < PREAMBLE_BYTES + fromEnd + CRC_BYTES || frame[0] != tag.code()) {
            return false;
        }
        ByteBuffer bytes = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        int end = PREAMBLE_BYTES + bytes.getInt(2);
        if (frame.length != end + CRC_BYTES) {
            return false;
        }
        bytes.putLong(end - fromEnd, bytes.getLong(end - fromEnd) + FAR_AWAY);
        CRC32C crc = new CRC32C();
        crc.update(frame, PREAMBLE_BYTES, end - PREAMBLE_BYTES);
        bytes.putInt(end, ~(int) crc.getValue());
        return true;
    }
}
