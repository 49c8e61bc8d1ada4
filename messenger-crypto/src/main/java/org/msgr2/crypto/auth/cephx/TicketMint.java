package org.msgr2.crypto.auth.cephx;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyUsage;

/** Makes tickets (spec/msgr2 §3.7, §3.8). Immutable. */
final class TicketMint {
    private final AuthorityOptions options;
    private final Entropy entropy;

    TicketMint(AuthorityOptions options, Entropy entropy) {
        this.options = options;
        this.entropy = entropy;
    }

    /**
     * Whom a ticket is for.
     *
     * @param key what the owner's part is sealed with; the session key is of the same type, so that a client gets none that it
     *     cannot use (§3.14)
     */
    record Owner(EntityName name, long globalId, CryptoKey key) {}

    /** A new ticket, and the session key in it. */
    record Minted(IssuedTicket ticket, CryptoKey sessionKey) {}

    /**
     * @param keys of the service
     * @param caps what the owner may do there
     * @param replaced session key of the ticket that the owner has shown for this one: only it can open the new one then
     */
    Minted mint(
            EntityType service, RotatingKeys keys, Owner owner, String caps, @Nullable CryptoKey replaced, Instant now)
            throws NotNowException {
        Duration validity = validity(service, keys, now);
        CryptoKey sessionKey = CryptoKey.generate(owner.key().type(), WallTime.of(now), entropy);
        AuthTicket ticket = new AuthTicket(
                owner.name(),
                owner.globalId(),
                AuthTicket.AUID,
                WallTime.of(now),
                WallTime.of(now.plus(validity)),
                caps.isEmpty() ? new AuthCaps(false, Opaque.EMPTY) : AuthCaps.of(caps),
                0);
        Opaque sealed = Envelope.seal(
                keys.current().key(), KeyUsage.TICKET_INFO, new ServiceTicketInfo(ticket, sessionKey), entropy);
        Opaque blob = new TicketBlob(keys.currentId(), sealed).encoded();
        Opaque owners = Envelope.seal(
                owner.key(),
                KeyUsage.TICKET_SESSION_KEY,
                new ServiceTicket(sessionKey, WallTime.of(validity)),
                entropy);
        boolean encrypted = replaced != null;
        Opaque shown =
                replaced == null ? blob : Envelope.seal(replaced, KeyUsage.TICKET_BLOB, out -> out.blob(blob), entropy);
        return new Minted(new IssuedTicket(service.code(), owners, encrypted, shown), sessionKey);
    }

    /**
     * Never beyond the time when the service forgets the key, nor longer than the key is current, which newer services insist
     * on (§3.11).
     */
    private Duration validity(EntityType service, RotatingKeys keys, Instant now) throws NotNowException {
        if (!keys.isEmpty()) {
            Duration left = Duration.between(now, keys.next().expiration().toInstant());
            Duration validity = min(options.ttl(service), min(left, keys.span(keys.currentId())));
            if (!validity.isZero() && !validity.isNegative()) {
                return validity;
            }
        }
        // Ours to repair, not the peer's: it shall come again, as with -EBUSY.
        throw new NotNowException("no valid keys for tickets to " + service + ": rotation is overdue");
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
