package org.msgr2.crypto.auth.cephx;

import java.time.Duration;
import java.time.Instant;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireException;

/**
 * What is looked at in a ticket after it has been opened (spec/msgr2 §3.9, the checks that Ceph added in 2026). They make
 * it hard to bend a ticket that is sealed without integrity, as with keys of type AES. Tickets of a 16.2.15 monitor pass
 * all of them, so all are on by default. Immutable.
 *
 * @param noAllowAll no ticket says {@code allow_all}: monitors never set it
 * @param auid the former user id is the constant that it is today
 * @param wholeCaps capabilities are one string that fills its place
 * @param times nanoseconds are below 10^9, or equal; a ticket does not expire before it was made
 * @param lifetime a ticket does not outlive the time for which its sealing key is current. Refuses some tickets after the
 *     lifetime has been configured longer, until the keys have rotated
 * @param sessionKeyAge the session key was made with the ticket, or at most 300 s later
 * @param expiry a ticket is not expired by our own clock
 * @param skewMax by how much the clocks of monitor and service may differ; at most a quarter of a ticket's lifetime
 */
public record TicketChecks(
        boolean noAllowAll,
        boolean auid,
        boolean wholeCaps,
        boolean times,
        boolean lifetime,
        boolean sessionKeyAge,
        boolean expiry,
        Duration skewMax) {
    public static final TicketChecks ALL =
            new TicketChecks(true, true, true, true, true, true, true, Duration.ofSeconds(30));

    /** What Ceph 16.2.15 checks, and that is nothing of these. */
    public static final TicketChecks NONE =
            new TicketChecks(false, false, false, false, false, false, false, Duration.ZERO);

    /** Ceph compares with "greater", which lets the 10^9 itself pass. */
    private static final long NANOS_MAX = 1_000_000_000L;

    private static final Duration SESSION_KEY_AGE_MAX = Duration.ofMinutes(5);

    /** @param keySpan of the key that the ticket was sealed with */
    void check(ServiceTicketInfo info, Duration keySpan, Instant now) throws Refused {
        AuthTicket ticket = info.ticket();
        Duration life =
                Duration.between(ticket.created().toInstant(), ticket.expires().toInstant());
        require(!noAllowAll || !ticket.caps().allowAll());
        require(!auid || ticket.auid() == AuthTicket.AUID);
        require(!wholeCaps || areWhole(ticket.caps()));
        require(!times || (isTime(ticket.created()) && isTime(ticket.expires()) && !life.isNegative()));
        require(!lifetime || life.compareTo(keySpan) <= 0);
        require(!sessionKeyAge || wasMadeWith(ticket, info));
        if (expiry && !now.isBefore(ticket.expires().toInstant().plus(skew(life)))) {
            throw new Refused(LoginListener.Reason.EXPIRED);
        }
    }

    private static void require(boolean holds) throws Refused {
        if (!holds) {
            throw new Refused(LoginListener.Reason.TICKET);
        }
    }

    private static boolean wasMadeWith(AuthTicket ticket, ServiceTicketInfo info) {
        Instant created = ticket.created().toInstant();
        Instant key = info.sessionKey().created().toInstant();
        return !key.isBefore(created) && !key.isAfter(created.plus(SESSION_KEY_AGE_MAX));
    }

    private Duration skew(Duration life) {
        Duration quarter = life.isNegative() ? Duration.ZERO : life.dividedBy(4);
        return quarter.compareTo(skewMax) < 0 ? quarter : skewMax;
    }

    private static boolean isTime(UTime time) {
        return time.nanos() <= NANOS_MAX;
    }

    private static boolean areWhole(AuthCaps caps) {
        try {
            caps.text();
            return true;
        } catch (WireException e) {
            return false;
        }
    }
}
