package org.msgr2.core.mon;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * A command to a monitor: the front of a MON_COMMAND. Paxos header of 18 bytes, {@code fsid, u32 count, string...}; input,
 * if there is any, is the message's data.
 *
 * @param fsid the cluster that it is meant for
 * @param words the command; by custom one word of JSON with a {@code prefix}
 */
public record MonCommand(UUID fsid, List<String> words) {
    static final int WORD_BYTES_MAX = 1 << 20;
    static final int WORDS_MAX = 64;

    public MonCommand {
        words = List.copyOf(words);
    }

    public static MonCommand read(WireReader in) throws WireException {
        PaxosHeader.skip(in);
        return new MonCommand(in.uuid("fsid"), readWords(in));
    }

    public void write(WireWriter out) {
        PaxosHeader.write(out);
        writeWords(out.uuid(fsid), words);
    }

    static List<String> readWords(WireReader in) throws WireException {
        int count = in.count("command", WORDS_MAX, Integer.BYTES);
        List<String> words = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            words.add(in.string("command", WORD_BYTES_MAX));
        }
        return words;
    }

    static void writeWords(WireWriter out, List<String> words) {
        out.u32(words.size());
        words.forEach(out::string);
    }
}
