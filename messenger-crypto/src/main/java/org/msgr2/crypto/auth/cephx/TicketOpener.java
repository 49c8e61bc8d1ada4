package org.msgr2.crypto.auth.cephx;

import java.time.Instant;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.key.KeyUsage;

/**
 * Opens authorizers as the service that they are shown to (spec/msgr2 §3.9). Whatever is wrong inside of what is sealed,
 * the answer is the same; the listener's reason tells no more than which of two seals it was.
 */
final class TicketOpener {
    private TicketOpener() {}

    /**
     * The ticket of an authorizer.
     *
     * @param service that we are
     * @param keys the service's
     */
    static ServiceTicketInfo ticket(
            Authorizer shown, EntityType service, RotatingKeys keys, TicketChecks checks, Instant now) throws Refused {
        ExpiringKey key = keys.find(shown.ticket().secretId());
        if (key == null) {
            throw new Refused(LoginListener.Reason.UNKNOWN_SECRET);
        }
        try {
            ServiceTicketInfo info = Envelope.open(
                    key.key(), KeyUsage.TICKET_INFO, shown.ticket().sealed(), ServiceTicketInfo::read);
            if (shown.service() == service && info.ticket().globalId() == shown.globalId()) {
                checks.check(info, keys.span(shown.ticket().secretId()), now);
                return info;
            }
        } catch (ProtocolException e) {
            // As for a ticket that is not ours.
        }
        throw new Refused(LoginListener.Reason.TICKET);
    }

    /** The proof that whoever shows the ticket owns it. */
    static Authorize authorize(Authorizer shown, ServiceTicketInfo info) throws Refused {
        try {
            return Envelope.open(info.sessionKey(), KeyUsage.AUTHORIZE, shown.sealedAuthorize(), Authorize::read);
        } catch (ProtocolException e) {
            throw new Refused(LoginListener.Reason.TICKET);
        }
    }
}
