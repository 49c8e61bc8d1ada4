package org.msgr2.crypto.auth.cephx;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyUsage;

/** Opens what a monitor issues (spec/msgr2 §3.7, §3.8). Nothing is adopted here: first all of a reply must hold. */
final class LoginReader {
    private LoginReader() {}

    /**
     * A login, opened and verified.
     *
     * @param secret the connection secret; empty if there is none
     */
    record Login(Ticket ticket, List<Ticket> extra, Opaque secret) {
        Login {
            extra = List.copyOf(extra);
        }
    }

    /** The header of a reply, which must be to that request and without an error. */
    static void header(WireReader in, RequestType request) throws ProtocolException {
        ResponseHeader header = ResponseHeader.read(in);
        if (header.type() != request) {
            throw new ProtocolException(FaultKind.SEQUENCE, "asked for " + request + ", answered is " + header.type());
        }
        if (header.status() != 0) {
            throw new ProtocolException(
                    FaultKind.AUTH, "the monitor answers " + request + " with " + Errno.toString(header.status()));
        }
    }

    /**
     * What follows the header of a reply to {@link RequestType#GET_AUTH_SESSION_KEY}.
     *
     * @param own the entity's key
     * @param presented the old ticket that the request carried
     * @param asked the services that the request named
     */
    static Login login(WireReader in, CryptoKey own, @Nullable Identity presented, Set<EntityType> asked, Instant now)
            throws ProtocolException {
        LoginReply reply = LoginReply.read(in);
        List<IssuedTicket> entries = reply.login().tickets();
        if (entries.size() != 1 || entries.get(0).service() != EntityType.AUTH.code()) {
            throw new ProtocolException(
                    FaultKind.AUTH, "a login gives exactly the auth ticket, this is " + reply.login());
        }
        CryptoKey oldKey = presented == null ? null : presented.ticket().sessionKey();
        Ticket ticket = open(entries.get(0), EntityType.AUTH, own, oldKey, now);
        Opaque secret = Opaque.EMPTY;
        if (!reply.secretBlob().isEmpty()) {
            WireReader blob = Decoding.reader(reply.secretBlob());
            Opaque sealed = blob.blob("sealed connection_secret", Decoding.SEALED_BYTES_MAX);
            Decoding.end(blob, "sealed connection_secret");
            secret = Envelope.open(
                    ticket.sessionKey(),
                    KeyUsage.AUTH_CONNECTION_SECRET,
                    sealed,
                    body -> body.blob("connection_secret", Decoding.SEALED_BYTES_MAX));
        }
        List<Ticket> extra = List.of();
        if (!reply.extra().isEmpty()) {
            WireReader blob = Decoding.reader(reply.extra());
            extra = services(blob, ticket.sessionKey(), asked, now);
            Decoding.end(blob, "extra tickets");
        }
        return new Login(ticket, extra, secret);
    }

    /**
     * Tickets for services. There may be fewer than were asked for.
     *
     * @param authKey the session key of the AUTH ticket that they were asked for with
     */
    static List<Ticket> services(WireReader in, CryptoKey authKey, Set<EntityType> asked, Instant now)
            throws ProtocolException {
        List<Ticket> tickets = new ArrayList<>();
        Set<EntityType> seen = EnumSet.noneOf(EntityType.class);
        for (IssuedTicket entry : ServiceTicketReply.read(in).tickets()) {
            EntityType service = EntityType.fromWire(entry.service(), "service_id");
            if (!seen.add(service)) {
                throw new ProtocolException(FaultKind.AUTH, "two tickets for " + service);
            }
            if (service == EntityType.AUTH) {
                // Monitors before 2021 add a second, wrong one to a login that names AUTH (spec/msgr2 §3.8).
                continue;
            }
            if (!asked.contains(service)) {
                throw new ProtocolException(FaultKind.AUTH, "a ticket for " + service + ", asked for were " + asked);
            }
            tickets.add(open(entry, service, authKey, null, now));
        }
        return tickets;
    }

    private static Ticket open(
            IssuedTicket entry, EntityType service, CryptoKey key, @Nullable CryptoKey oldKey, Instant now)
            throws ProtocolException {
        ServiceTicket opened =
                Envelope.open(key, KeyUsage.TICKET_SESSION_KEY, entry.sealedTicket(), ServiceTicket::read);
        Opaque encoded = entry.ticket();
        if (entry.encrypted()) {
            if (oldKey == null) {
                throw new ProtocolException(
                        FaultKind.AUTH, "the ticket for " + service + " is encrypted, but we showed none to replace");
            }
            encoded = Envelope.open(
                    oldKey, KeyUsage.TICKET_BLOB, entry.ticket(), body -> body.blob("ticket", Decoding.BYTES_MAX));
        }
        WireReader in = Decoding.reader(encoded);
        TicketBlob blob = TicketBlob.read(in);
        Decoding.end(in, "ticket");
        return Ticket.received(service, opened, blob, now);
    }
}
