package org.msgr2.crypto.auth.cephx;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;

/** The tickets of one messenger, and the id that they were issued to. Thread-safe. */
final class TicketStore {
    private final Set<EntityType> wanted;
    private final Map<EntityType, Ticket> tickets = new EnumMap<>(EntityType.class);

    /** Asked for and not given: not asked for again before the next login, or we would never stop asking. */
    private final Set<EntityType> declined = EnumSet.noneOf(EntityType.class);

    /** A service did not accept it. */
    private final Set<EntityType> refused = EnumSet.noneOf(EntityType.class);

    private long globalId;

    /** @param services those that tickets are wanted for, besides AUTH */
    TicketStore(Set<EntityType> services) {
        wanted = EnumSet.of(EntityType.AUTH);
        wanted.addAll(services);
    }

    /** 0 before the first login. */
    synchronized long globalId() {
        return globalId;
    }

    /** Null without an AUTH ticket: an id without its proof must not be claimed (spec/msgr2 §3.10). */
    synchronized @Nullable Identity identity() {
        return credential(EntityType.AUTH);
    }

    /** What to show to that service; null without a ticket for it. */
    synchronized @Nullable Identity credential(EntityType service) {
        Ticket ticket = tickets.get(service);
        return ticket == null ? null : new Identity(globalId, ticket);
    }

    /** What to ask for within a session: AUTH too if the login itself is due. */
    synchronized Set<EntityType> due(Instant now) {
        Set<EntityType> due = EnumSet.noneOf(EntityType.class);
        for (EntityType service : wanted) {
            if (!declined.contains(service) && isDue(service, now)) {
                due.add(service);
            }
        }
        return due;
    }

    /** What to ask for at a login: also what the last monitor would not give. */
    synchronized Set<EntityType> dueAtLogin(Instant now) {
        Set<EntityType> due = due(now);
        due.addAll(declined);
        return due;
    }

    private boolean isDue(EntityType service, Instant now) {
        Ticket ticket = tickets.get(service);
        return ticket == null || refused.contains(service) || !now.isBefore(ticket.renewAfter());
    }

    /** When {@link #due} will have something; not after {@code now} if it has. */
    synchronized Instant nextDue(Instant now) {
        Instant next = Instant.MAX;
        for (EntityType service : wanted) {
            if (declined.contains(service)) {
                continue;
            }
            Ticket ticket = tickets.get(service);
            if (ticket == null || refused.contains(service)) {
                return now;
            }
            next = ticket.renewAfter().isBefore(next) ? ticket.renewAfter() : next;
        }
        return next;
    }

    /** Of the tickets that we have, the shortest time in which to renew one; as long as there is if we have none. */
    synchronized Duration shortestWindow() {
        Duration shortest = Duration.ofSeconds(Long.MAX_VALUE);
        for (Ticket ticket : tickets.values()) {
            Duration window = Duration.between(ticket.renewAfter(), ticket.expires());
            shortest = window.compareTo(shortest) < 0 ? window : shortest;
        }
        return shortest;
    }

    /**
     * Takes over what a login gave.
     *
     * @param presented what the login was made with
     * @param asked services that were asked for
     * @throws ProtocolException if another login has meanwhile given us another id: a messenger has one
     */
    synchronized void login(
            @Nullable Identity presented, Identity given, Collection<Ticket> extra, Set<EntityType> asked)
            throws ProtocolException {
        if (presented != null && presented.globalId() != given.globalId()) {
            throw new ProtocolException(
                    FaultKind.AUTH,
                    "global_id " + presented.globalId() + " was reclaimed, the peer gave " + given.globalId());
        }
        if (tickets.containsKey(EntityType.AUTH) && globalId != given.globalId()) {
            throw new ProtocolException(
                    FaultKind.SEQUENCE,
                    "another monitor has already given us global_id " + globalId + ", this one gives "
                            + given.globalId());
        }
        globalId = given.globalId();
        put(given.ticket());
        services(extra, asked);
    }

    /** Takes over tickets for services. */
    synchronized void services(Collection<Ticket> given, Set<EntityType> asked) {
        declined.addAll(asked);
        given.forEach(this::put);
        // There is always a ticket for the login itself.
        declined.remove(EntityType.AUTH);
    }

    private void put(Ticket ticket) {
        tickets.put(ticket.service(), ticket);
        declined.remove(ticket.service());
        refused.remove(ticket.service());
    }

    /** Tickets that were made otherwise than by a login: a monitor makes its own (spec/msgr2 §3.9). */
    synchronized void install(long ownGlobalId, Collection<Ticket> made) {
        globalId = ownGlobalId;
        made.forEach(this::put);
    }

    /** A service refused the ticket: another is due, unless there is one already. */
    synchronized void refused(Ticket ticket) {
        if (ticket.equals(tickets.get(ticket.service()))) {
            refused.add(ticket.service());
        }
    }

    /** A monitor refused the identity, unless there is a newer one: the next login gets a new id. */
    synchronized void forget(Identity identity) {
        if (identity.ticket().equals(tickets.get(EntityType.AUTH))) {
            tickets.clear();
            refused.clear();
            declined.clear();
            globalId = 0;
        }
    }
}
