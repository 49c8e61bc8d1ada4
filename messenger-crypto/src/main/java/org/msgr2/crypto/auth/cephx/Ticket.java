package org.msgr2.crypto.auth.cephx;

import java.time.Instant;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.key.CryptoKey;

/**
 * A ticket in the hands of its owner.
 *
 * @param sessionKey shared with every instance of the service
 * @param blob what is shown to the service
 * @param expires by our own clock
 * @param renewAfter from then on another one is asked for
 */
record Ticket(EntityType service, CryptoKey sessionKey, TicketBlob blob, Instant expires, Instant renewAfter) {
    /** The last quarter of a ticket's life is for renewing it (spec/msgr2 §3.7). */
    private static final int RENEWAL_SHARE = 4;

    static Ticket received(EntityType service, ServiceTicket opened, TicketBlob blob, Instant now) {
        UTime validity = opened.validity();
        Instant expires = now.plusSeconds(validity.seconds()).plusNanos(validity.nanos());
        return new Ticket(
                service, opened.sessionKey(), blob, expires, expires.minusSeconds(validity.seconds() / RENEWAL_SHARE));
    }

    @Override
    public String toString() {
        return "ticket for " + service + " until " + expires;
    }
}
