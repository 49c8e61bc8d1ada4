package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * CephXTicketBlob: {@code u8 1, u64 secret_id, blob} (spec/msgr2 §3.7). What a service can open and its owner only shows.
 *
 * @param secretId which of the service's keys seals it
 * @param sealed a sealed {@link ServiceTicketInfo}
 */
record TicketBlob(long secretId, Opaque sealed) implements Encodable {
    static final TicketBlob NONE = new TicketBlob(0, Opaque.EMPTY);

    private static final int VERSION = 1;

    static TicketBlob read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "ticket");
        return new TicketBlob(in.u64("ticket secret_id"), in.blob("ticket", Decoding.BYTES_MAX));
    }

    @Override
    public void write(WireWriter out) {
        out.u8(VERSION).u64(secretId).blob(sealed);
    }

    boolean isEmpty() {
        return sealed.isEmpty();
    }
}
