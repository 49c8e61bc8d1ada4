package org.msgr2.crypto.auth.cephx;

import io.netty.buffer.Unpooled;
import org.msgr2.core.FaultKind;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;

/**
 * What the structures of cephx have in common. They begin with a bare {@code u8 struct_v} and carry no length, so one of a
 * version that we do not know cannot be skipped, and is refused.
 */
final class Decoding {
    /** A whole payload of a handshake frame, a sealed part of it, or a ticket: what the frame itself may hold. */
    static final int BYTES_MAX = 16 * 1024;

    /** Capabilities as text. */
    static final int CAPS_BYTES_MAX = 8 * 1024;

    /** Ciphertext of a structure with a fixed size: a session key or a nonce, but never a ticket. */
    static final int SEALED_BYTES_MAX = 1024;

    /** One for each service that exists, and room for those to come. */
    static final int TICKETS_MAX = 16;

    /** A monitor keeps three per service. */
    static final int ROTATING_KEYS_MAX = 16;

    private Decoding() {}

    static WireReader reader(Opaque bytes) {
        return new WireReader(Unpooled.wrappedBuffer(bytes.toByteArray()));
    }

    /** Reads a {@code struct_v} that must be this one. */
    static void version(WireReader in, int known, String struct) throws WireException {
        version(in, known, known, struct);
    }

    /** Reads a {@code struct_v} between these two. */
    static int version(WireReader in, int min, int max, String struct) throws WireException {
        int version = in.u8(struct + " struct_v");
        if (version < min || version > max) {
            String known = min == max ? "" + max : min + " to " + max;
            throw new WireException(
                    version > max ? FaultKind.FEATURE : FaultKind.MALFORMED,
                    struct + " struct_v: " + version + ", known is " + known);
        }
        return version;
    }

    /** Nothing may follow. */
    static void end(WireReader in, String struct) throws WireException {
        if (in.remaining() > 0) {
            throw new WireException(struct + ": " + in.remaining() + " bytes too many");
        }
    }
}
