package org.msgr2.crypto.auth.cephx;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyUsage;
import org.msgr2.crypto.onwire.ConnectionSecret;

/**
 * Decides on logins, in the order of spec/msgr2 §3.8: entity, challenge, proof, old ticket (§3.10),
 * capabilities. Reads one snapshot of the authority per request. Thread-safe.
 */
final class Logins {
    private static final int VERSION_OLD_TICKET = 3;

    private final TicketAuthority authority;
    private final AuthorityOptions options;
    private final TicketMint mint;
    private final TicketRequests requests;
    private final InstantSource clock;
    private final Entropy entropy;

    Logins(
            TicketAuthority authority,
            AuthorityOptions options,
            TicketMint mint,
            TicketRequests requests,
            InstantSource clock,
            Entropy entropy) {
        this.authority = authority;
        this.options = options;
        this.mint = mint;
        this.requests = requests;
        this.clock = clock;
        this.entropy = entropy;
    }

    /**
     * Who asks.
     *
     * @param globalId claimed at a login, 0 for a new one; at a renewal, the session's
     * @param challenge of this connection
     */
    record Claim(EntityName name, long globalId, long challenge) {}

    /**
     * A login that succeeded.
     *
     * @param reply what follows the response header
     */
    record Login(
            Entities.Entity entity,
            long globalId,
            GlobalIdStatus status,
            CryptoKey sessionKey,
            Opaque connectionSecret,
            Opaque reply) {

        /** No secrets. */
        @Override
        public String toString() {
            return "login with global_id " + globalId;
        }
    }

    /** @throws ProtocolException if we have no ids, or no keys: the peer shall come again */
    Login login(Claim claim, Authenticate request, ConnectionMode mode) throws Refused, ProtocolException {
        return login(claim, request, mode, claim.globalId() == 0);
    }

    /** The AUTH ticket of a session that goes on: it must show the one that it has. */
    Login renew(Claim claim, Authenticate request) throws Refused, ProtocolException {
        return login(claim, request, ConnectionMode.UNKNOWN, false);
    }

    private Login login(Claim claim, Authenticate request, ConnectionMode mode, boolean fresh)
            throws Refused, ProtocolException {
        AuthorityState state = authority.state();
        Instant now = clock.instant();
        Entities.Entity entity = authority.entities().authenticate(claim.name(), claim.challenge(), request);
        ServiceTicketInfo old = fresh ? null : oldTicket(claim, request, state);
        GlobalIdStatus status = fresh ? fresh(request) : reclaim(claim, request, old);
        Entities.requireMonCaps(entity);
        if (mode == ConnectionMode.SECURE && request.otherKeys() == 0) {
            // It asks for a reply without the secret that it cannot go on without.
            throw new Refused(LoginListener.Reason.REQUEST, Errno.EINVAL);
        }
        long globalId = fresh ? authority.newGlobalId() : claim.globalId();
        if (globalId == 0) {
            throw new NotNowException("no global_id for " + claim.name() + " now");
        }
        TicketMint.Owner owner = new TicketMint.Owner(claim.name(), globalId, entity.key());
        TicketMint.Minted login = mint.mint(
                EntityType.AUTH, state.keys(EntityType.AUTH), owner, "", old == null ? null : old.sessionKey(), now);
        Opaque secret = mode == ConnectionMode.SECURE
                ? ConnectionSecret.generate(entropy).toOpaque()
                : Opaque.EMPTY;
        TicketMint.Owner session = new TicketMint.Owner(claim.name(), globalId, login.sessionKey());
        ServiceTicketReply first = new ServiceTicketReply(List.of(login.ticket()));
        Encodable reply = first;
        if (request.otherKeys() != 0) {
            Opaque secretBlob = mode == ConnectionMode.UNKNOWN ? Opaque.EMPTY : secretBlob(secret, login.sessionKey());
            List<IssuedTicket> extra = requests.services(request.otherKeys(), entity, session, state, now);
            reply = new LoginReply(
                    first, secretBlob, extra.isEmpty() ? Opaque.EMPTY : new ServiceTicketReply(extra).encoded());
        }
        return new Login(entity, globalId, status, login.sessionKey(), secret, reply.encoded());
    }

    /** Sealed even if it is empty, as in crc mode (observed). */
    private Opaque secretBlob(Opaque secret, CryptoKey sessionKey) {
        Opaque sealed = Envelope.seal(sessionKey, KeyUsage.AUTH_CONNECTION_SECRET, out -> out.blob(secret), entropy);
        Encodable blob = out -> out.blob(sealed);
        return blob.encoded();
    }

    private static GlobalIdStatus fresh(Authenticate request) throws Refused {
        if (!request.oldTicket().isEmpty()) {
            throw new Refused(LoginListener.Reason.SUPERFLUOUS_TICKET, Errno.EINVAL);
        }
        return request.version() >= VERSION_OLD_TICKET ? GlobalIdStatus.NEW_OK : GlobalIdStatus.NEW_NOT_EXPOSED;
    }

    private GlobalIdStatus reclaim(Claim claim, Authenticate request, @Nullable ServiceTicketInfo old) throws Refused {
        if (old != null) {
            return GlobalIdStatus.RECLAIM_OK;
        }
        // Even who is believed cannot have an id that nobody was given yet.
        if (options.allowInsecureReclaim()
                && request.version() < VERSION_OLD_TICKET
                && authority.wasGiven(claim.globalId())) {
            return GlobalIdStatus.RECLAIM_INSECURE;
        }
        throw new Refused(LoginListener.Reason.RECLAIM);
    }

    /**
     * The ticket that proves the claim, null if there is none. An expired one still does, as long as the key that sealed it is
     * kept: a client that slept over its renewal keeps its id.
     */
    private static @Nullable ServiceTicketInfo oldTicket(Claim claim, Authenticate request, AuthorityState state) {
        ExpiringKey key = state.keys(EntityType.AUTH).find(request.oldTicket().secretId());
        if (key == null) {
            return null;
        }
        try {
            ServiceTicketInfo info = Envelope.open(
                    key.key(), KeyUsage.TICKET_INFO, request.oldTicket().sealed(), ServiceTicketInfo::read);
            AuthTicket ticket = info.ticket();
            return ticket.globalId() == claim.globalId() && ticket.name().equals(claim.name()) ? info : null;
        } catch (ProtocolException e) {
            return null;
        }
    }
}
