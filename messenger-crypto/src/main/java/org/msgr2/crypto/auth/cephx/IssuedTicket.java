package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * One entry of a {@link ServiceTicketReply}: {@code u32 service_id, u8 1, blob(sealed CephXServiceTicket), u8
 * ticket_is_encrypted, blob} (spec/msgr2 §3.7).
 *
 * @param service code of the service; may be one that we have no name for
 * @param sealedTicket see {@link ServiceTicket}
 * @param encrypted what the last blob is: the encoding of a {@link TicketBlob}, or a sealed <em>blob</em> that holds such an
 *     encoding, with the session key of the ticket that it replaces
 * @param ticket that blob
 */
record IssuedTicket(long service, Opaque sealedTicket, boolean encrypted, Opaque ticket) implements Encodable {
    /** service_id, struct_v, two empty blobs, the flag. */
    static final int BYTES_MIN = 4 + 1 + 4 + 1 + 4;

    private static final int VERSION = 1;

    static IssuedTicket read(WireReader in) throws WireException {
        long service = in.u32("service_id");
        Decoding.version(in, VERSION, "issued ticket");
        return new IssuedTicket(
                service,
                in.blob("service ticket", Decoding.SEALED_BYTES_MAX),
                in.bool("ticket_is_encrypted"),
                in.blob("ticket", Decoding.BYTES_MAX));
    }

    @Override
    public void write(WireWriter out) {
        out.u32(service).u8(VERSION).blob(sealedTicket).bool(encrypted).blob(ticket);
    }
}
