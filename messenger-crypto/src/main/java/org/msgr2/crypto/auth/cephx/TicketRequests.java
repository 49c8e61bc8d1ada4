package org.msgr2.crypto.auth.cephx;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.msgr2.core.Entropy;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.key.KeyUsage;

/** What a peer gets that has logged in: tickets for services and, if it is one, its service's keys. Thread-safe. */
final class TicketRequests {
    private final TicketAuthority authority;
    private final AuthorityOptions options;
    private final TicketMint mint;
    private final InstantSource clock;
    private final Entropy entropy;

    TicketRequests(
            TicketAuthority authority,
            AuthorityOptions options,
            TicketMint mint,
            InstantSource clock,
            Entropy entropy) {
        this.authority = authority;
        this.options = options;
        this.mint = mint;
        this.clock = clock;
        this.entropy = entropy;
    }

    /**
     * The AUTH ticket that a request is made with.
     *
     * @param peer of the session: the ticket must be its own, not just a valid one
     */
    ServiceTicketInfo open(Authorizer shown, Logins.Claim peer) throws Refused {
        ServiceTicketInfo info = TicketOpener.ticket(
                shown, EntityType.AUTH, authority.state().keys(EntityType.AUTH), TicketChecks.ALL, clock.instant());
        // Needs no challenge: the session itself is no replay.
        TicketOpener.authorize(shown, info);
        if (info.ticket().globalId() != peer.globalId() || !info.ticket().name().equals(peer.name())) {
            throw new Refused(LoginListener.Reason.TICKET);
        }
        return info;
    }

    /** @param auth the AUTH ticket, whose session key seals the answer */
    ServiceTicketReply services(ServiceTicketRequest request, ServiceTicketInfo auth)
            throws Refused, ProtocolException {
        AuthTicket ticket = auth.ticket();
        Entities.Entity entity = authority.entities().known(ticket.name());
        Entities.requireMonCaps(entity);
        TicketMint.Owner owner = new TicketMint.Owner(ticket.name(), ticket.globalId(), auth.sessionKey());
        return new ServiceTicketReply(services(request.keys(), entity, owner, authority.state(), clock.instant()));
    }

    /**
     * Those of the mask that we issue tickets for.
     *
     * @param mask codes of services; AUTH is left out, since that ticket is what these are asked for with
     */
    List<IssuedTicket> services(
            int mask, Entities.Entity entity, TicketMint.Owner owner, AuthorityState state, Instant now)
            throws ProtocolException {
        Set<EntityType> wanted = EnumSet.noneOf(EntityType.class);
        options.services().stream()
                .filter(service -> (mask & service.code()) != 0)
                .forEach(wanted::add);
        List<IssuedTicket> tickets = new ArrayList<>();
        for (EntityType service : wanted) {
            // A monitor looks its peers' capabilities up in its own keyring: its tickets have none (observed).
            String caps = service == EntityType.MON ? "" : entity.caps(service.toString());
            tickets.add(mint.mint(service, state.keys(service), owner, caps, null, now)
                    .ticket());
        }
        return tickets;
    }

    /** The keys that the tickets for a daemon are sealed with, for the daemon. */
    Opaque rotatingKeys(EntityName daemon) throws Refused {
        Entities.Entity entity = authority.entities().known(daemon);
        // Not those of AUTH, whatever an entity is named: they make tickets for everything.
        if (!options.services().contains(daemon.type())) {
            throw new Refused(LoginListener.Reason.REQUEST);
        }
        RotatingSecrets secrets = authority.state().keys(daemon.type()).secrets();
        return Envelope.seal(entity.key(), KeyUsage.ROTATING_SECRETS, secrets, entropy);
    }
}
