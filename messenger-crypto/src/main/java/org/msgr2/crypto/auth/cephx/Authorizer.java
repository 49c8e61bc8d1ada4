package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.key.KeyUsage;

/**
 * What is shown to a service: {@code u8 1, u64 global_id, u32 service_id, CephXTicketBlob, blob(sealed CephXAuthorize)}
 * (spec/msgr2 §3.9). In a first AUTH payload the leading version doubles as auth_mode AUTHORIZER, also 1.
 *
 * @param globalId the client's; must be the ticket's
 * @param service whose ticket it is
 * @param sealedAuthorize see {@link Authorize}
 */
record Authorizer(long globalId, EntityType service, TicketBlob ticket, Opaque sealedAuthorize) implements Encodable {
    private static final int VERSION = 1;

    /** Of that ticket and that id. */
    static Authorizer of(Identity shown, Authorize authorize, Entropy entropy) {
        Ticket ticket = shown.ticket();
        return new Authorizer(
                shown.globalId(),
                ticket.service(),
                ticket.blob(),
                Envelope.seal(ticket.sessionKey(), KeyUsage.AUTHORIZE, authorize, entropy));
    }

    static Authorizer read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "authorizer");
        return new Authorizer(
                in.u64("global_id"),
                EntityType.fromWire(in.u32("service_id"), "service_id"),
                TicketBlob.read(in),
                in.blob("authorize", Decoding.SEALED_BYTES_MAX));
    }

    @Override
    public void write(WireWriter out) {
        ticket.write(out.u8(VERSION).u64(globalId).u32(service.code()));
        out.blob(sealedAuthorize);
    }
}
