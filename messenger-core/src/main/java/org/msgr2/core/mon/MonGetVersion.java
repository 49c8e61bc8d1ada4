package org.msgr2.core.mon;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * Asks for the newest epoch of a map: {@code u64 handle, string what}. Answered by {@link Reply}.
 *
 * @param handle repeated in the answer
 */
public record MonGetVersion(long handle, String what) {

    /** {@code u64 handle, u64 newest, u64 oldest}. */
    public record Reply(long handle, long newest, long oldest) {
        public static Reply read(WireReader in) throws WireException {
            return new Reply(in.u64("handle"), in.u64("version"), in.u64("oldest_version"));
        }

        public void write(WireWriter out) {
            out.u64(handle).u64(newest).u64(oldest);
        }
    }

    public static MonGetVersion read(WireReader in) throws WireException {
        return new MonGetVersion(in.u64("handle"), in.string("what", MonMap.STRING_BYTES_MAX));
    }

    public void write(WireWriter out) {
        out.u64(handle).string(what);
    }
}
