package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * CephXAuthorizeReply, sealed with the service's session key: {@code u8 version, u64 nonce_plus_one}, and from version 2 on
 * {@code string connection_secret} (spec/msgr2 §3.7). Version 1 is what a connection in crc mode gets.
 *
 * @param connectionSecret empty in crc mode
 */
record AuthorizeReply(long noncePlusOne, Opaque connectionSecret) implements Encodable {
    private static final int VERSION_SECRET = 2;

    static AuthorizeReply read(WireReader in) throws WireException {
        int version = Decoding.version(in, 1, VERSION_SECRET, "authorize reply");
        long noncePlusOne = in.u64("nonce_plus_one");
        Opaque secret =
                version >= VERSION_SECRET ? in.blob("connection_secret", Decoding.SEALED_BYTES_MAX) : Opaque.EMPTY;
        return new AuthorizeReply(noncePlusOne, secret);
    }

    @Override
    public void write(WireWriter out) {
        out.u8(connectionSecret.isEmpty() ? 1 : VERSION_SECRET).u64(noncePlusOne);
        if (!connectionSecret.isEmpty()) {
            out.blob(connectionSecret);
        }
    }

    /** Without the nonce: it is sealed on the wire. */
    @Override
    public String toString() {
        return "authorize reply, connection secret " + connectionSecret;
    }
}
