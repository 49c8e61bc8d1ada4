package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * AuthCapsInfo, what the owner of a ticket may do at the service: {@code u8 1, u8 allow_all, blob caps} (spec/msgr2 §3.7).
 * Immutable.
 *
 * @param allowAll everything; Ceph never sets it in a ticket
 * @param caps holds one encoded string, or nothing
 */
public record AuthCaps(boolean allowAll, Opaque caps) implements Encodable {
    private static final int VERSION = 1;

    /** With these capabilities, such as {@code allow r}. */
    public static AuthCaps of(String text) {
        Encodable string = out -> out.string(text);
        return new AuthCaps(false, string.encoded());
    }

    static AuthCaps read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "caps");
        return new AuthCaps(in.bool("allow_all"), in.blob("caps", Decoding.CAPS_BYTES_MAX + Integer.BYTES));
    }

    @Override
    public void write(WireWriter out) {
        out.u8(VERSION).bool(allowAll).blob(caps);
    }

    /**
     * The capabilities as text; empty if there are none.
     *
     * @throws WireException if there is anything else than one string
     */
    public String text() throws WireException {
        if (caps.isEmpty()) {
            return "";
        }
        WireReader in = Decoding.reader(caps);
        String text = in.string("caps text", Decoding.CAPS_BYTES_MAX);
        Decoding.end(in, "caps");
        return text;
    }
}
