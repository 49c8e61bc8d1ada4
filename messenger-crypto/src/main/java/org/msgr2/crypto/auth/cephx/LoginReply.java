package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * What follows the header of a successful {@link RequestType#GET_AUTH_SESSION_KEY}: {@code service_ticket_reply, blob
 * sealedSecret, blob extra} (spec/msgr2 §3.8). It may end after the first or the second.
 *
 * @param login the AUTH ticket, alone
 * @param secretBlob {@code blob(sealed connection_secret)} or nothing
 * @param extra an encoded {@link ServiceTicketReply} for other services, or nothing
 */
record LoginReply(ServiceTicketReply login, Opaque secretBlob, Opaque extra) implements Encodable {
    static LoginReply read(WireReader in) throws WireException {
        ServiceTicketReply login = ServiceTicketReply.read(in);
        Opaque secretBlob = in.remaining() == 0 ? Opaque.EMPTY : in.blob("secret", Decoding.SEALED_BYTES_MAX);
        Opaque extra = in.remaining() == 0 ? Opaque.EMPTY : in.blob("extra tickets", Decoding.BYTES_MAX);
        // What a newer monitor appends is not ours to read: there is no version that could tell of it.
        return new LoginReply(login, secretBlob, extra);
    }

    @Override
    public void write(WireWriter out) {
        login.write(out);
        out.blob(secretBlob).blob(extra);
    }
}
