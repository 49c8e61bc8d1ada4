package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.key.CryptoKey;

/**
 * CephXServiceTicketInfo, the part of a ticket that the service can read: {@code u8 1, AuthTicket, CryptoKey session_key}
 * (spec/msgr2 §3.7). Its {@link TicketBlob} holds it sealed with one of the service's rotating keys.
 */
record ServiceTicketInfo(AuthTicket ticket, CryptoKey sessionKey) implements Encodable {
    private static final int VERSION = 1;

    static ServiceTicketInfo read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "ticket info");
        return new ServiceTicketInfo(AuthTicket.read(in), CryptoKey.read(in, "session_key"));
    }

    @Override
    public void write(WireWriter out) {
        ticket.write(out.u8(VERSION));
        sessionKey.write(out);
    }

    @Override
    public String toString() {
        return "ticket info of " + ticket;
    }
}
