package org.msgr2.core.mon;

import java.util.List;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * The answer to a {@link MonCommand}: the front of a MON_COMMAND_ACK. Paxos header of 18 bytes, {@code s32 result, string
 * status, u32 count, string...}; what the command printed is the message's data.
 *
 * @param result 0, or a negative errno
 * @param status a line for people
 * @param words the command, repeated
 */
public record MonCommandAck(int result, String status, List<String> words) {
    public MonCommandAck {
        words = List.copyOf(words);
    }

    public static MonCommandAck read(WireReader in) throws WireException {
        PaxosHeader.skip(in);
        return new MonCommandAck(
                in.s32("result"), in.string("status", MonCommand.WORD_BYTES_MAX), MonCommand.readWords(in));
    }

    public void write(WireWriter out) {
        PaxosHeader.write(out);
        MonCommand.writeWords(out.u32(result).string(status), words);
    }
}
