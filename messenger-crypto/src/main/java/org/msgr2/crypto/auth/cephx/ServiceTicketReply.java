package org.msgr2.crypto.auth.cephx;

import java.util.ArrayList;
import java.util.List;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/** service_ticket_reply: {@code u8 1, u32 n}, then n of {@link IssuedTicket} (spec/msgr2 §3.7). */
record ServiceTicketReply(List<IssuedTicket> tickets) implements Encodable {
    private static final int VERSION = 1;

    ServiceTicketReply {
        tickets = List.copyOf(tickets);
    }

    static ServiceTicketReply read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "ticket reply");
        int count = in.count("tickets", Decoding.TICKETS_MAX, IssuedTicket.BYTES_MIN);
        List<IssuedTicket> tickets = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tickets.add(IssuedTicket.read(in));
        }
        return new ServiceTicketReply(tickets);
    }

    @Override
    public void write(WireWriter out) {
        out.u8(VERSION).u32(tickets.size());
        tickets.forEach(ticket -> ticket.write(out));
    }
}
