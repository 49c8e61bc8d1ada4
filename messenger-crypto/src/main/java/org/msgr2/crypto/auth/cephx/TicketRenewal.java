package org.msgr2.crypto.auth.cephx;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.key.KeyUsage;

/**
 * Keeps the tickets of a messenger fresh over the monitor session that its last login opened (spec/msgr2 §3.8, §3.11). Only
 * says what to send and reads what comes back: an MAuth with {@link #request()} whenever {@link #nextRenewal()} has come,
 * and every MAuthReply to {@link #reply}. Both messages belong to that session; the next session has its own renewal.
 *
 * <pre>
 * tickets for services    u16 0x0200, authorizer of the AUTH ticket, CephXServiceTicketRequest
 *                         CephXResponseHeader, service_ticket_reply
 * the login itself        u16 0x0100, CephXAuthenticate, to the challenge of this session's login
 *                         CephXResponseHeader, as at a login, without a connection secret
 * rotating keys           u16 0x0400
 *                         CephXResponseHeader, blob(sealed RotatingSecrets)
 * </pre>
 *
 * <p>Thread-safe. A fault of {@link #reply} changes nothing and should end the session.
 */
public final class TicketRenewal {
    /** Between two requests, also if the first was never answered or did not help; less for tickets that live shortly. */
    static final Duration SPACING = Duration.ofSeconds(10);

    /** However shortly tickets live: as often as services ask for their keys at most (spec/msgr2 §3.11). */
    static final Duration SPACING_MIN = Duration.ofSeconds(1);

    private final CephxConfig config;
    private final TicketStore store;
    private final InstantSource clock;
    private final Entropy entropy;
    private final long serverChallenge;

    private @Nullable Pending pending;
    private @Nullable Instant requested;
    private boolean rotatingKeysPending;

    /**
     * A request that is not answered yet.
     *
     * @param presented the AUTH ticket that it was made with
     */
    private record Pending(RequestType type, Identity presented, Set<EntityType> asked) {}

    TicketRenewal(CephxConfig config, TicketStore store, long serverChallenge, InstantSource clock, Entropy entropy) {
        this.config = config;
        this.store = store;
        this.serverChallenge = serverChallenge;
        this.clock = clock;
        this.entropy = entropy;
    }

    /**
     * When {@link #request()} will next have something to send, as things are now: ask again after a reply, and after a
     * service refused a connection. May lie in the past.
     */
    public synchronized Instant nextRenewal() {
        Instant due = store.nextDue(clock.instant());
        Instant earliest = earliest();
        return due.isBefore(earliest) ? earliest : due;
    }

    private Instant earliest() {
        if (requested == null) {
            return Instant.MIN;
        }
        // The time that is left for renewing a ticket must do for more than one try.
        Duration window = store.shortestWindow();
        Duration spacing = window.compareTo(SPACING) < 0 ? window : SPACING;
        return requested.plus(spacing.compareTo(SPACING_MIN) < 0 ? SPACING_MIN : spacing);
    }

    /** The payload of an MAuth message, if it is time for one. */
    public synchronized Optional<Opaque> request() {
        Instant now = clock.instant();
        Identity identity = store.identity();
        Set<EntityType> due = store.due(now);
        if (due.isEmpty() || identity == null || now.isBefore(earliest())) {
            return Optional.empty();
        }
        requested = now;
        RequestType type = due.contains(EntityType.AUTH)
                ? RequestType.GET_AUTH_SESSION_KEY
                : RequestType.GET_PRINCIPAL_SESSION_KEY;
        pending = new Pending(type, identity, due);
        if (type == RequestType.GET_AUTH_SESSION_KEY) {
            return Optional.of(LoginRequest.payload(config.key(), serverChallenge, identity, due, entropy));
        }
        // No challenge: the session proves who we are.
        Authorizer authorizer = Authorizer.of(identity, Authorize.first(entropy.nextLong()), entropy);
        ServiceTicketRequest services = new ServiceTicketRequest(LoginRequest.mask(due));
        Encodable request = out -> {
            type.write(out);
            authorizer.write(out);
            services.write(out);
        };
        return Optional.of(request.encoded());
    }

    /** The payload of an MAuth message that asks for the keys of the service that we are. */
    public synchronized Opaque rotatingKeysRequest() {
        rotatingKeysPending = true;
        Encodable request = RequestType.GET_ROTATING_KEY;
        return request.encoded();
    }

    /**
     * Takes over what the monitor answers.
     *
     * @return rotating keys, if that is what the reply brings
     * @throws ProtocolException if it is no answer to what was asked, or a refusal: nothing of it has been adopted
     */
    public synchronized Optional<RotatingSecrets> reply(AuthReplyMessage reply) throws ProtocolException {
        if (reply.result() < 0) {
            throw refused(reply);
        }
        if (reply.protocol() != AuthMethod.CEPHX.code()) {
            throw new ProtocolException(FaultKind.AUTH, "an answer of method " + reply.protocol());
        }
        long globalId = store.globalId();
        if (reply.globalId() != globalId) {
            throw new ProtocolException(
                    FaultKind.AUTH, "our global_id is " + globalId + ", the monitor says " + reply.globalId());
        }
        WireReader in = Decoding.reader(reply.payload());
        if (rotatingKeysPending && startsWith(reply.payload(), RequestType.GET_ROTATING_KEY)) {
            return Optional.of(rotatingKeys(in));
        }
        Pending request = pending;
        if (request == null) {
            throw new ProtocolException(FaultKind.SEQUENCE, "tickets that nobody asked for");
        }
        LoginReader.header(in, request.type());
        Instant now = clock.instant();
        if (request.type() == RequestType.GET_AUTH_SESSION_KEY) {
            LoginReader.Login login = LoginReader.login(in, config.key(), request.presented(), request.asked(), now);
            store.login(request.presented(), new Identity(globalId, login.ticket()), login.extra(), request.asked());
        } else {
            store.services(
                    LoginReader.services(in, request.presented().ticket().sessionKey(), request.asked(), now),
                    request.asked());
        }
        pending = null;
        return Optional.empty();
    }

    private RotatingSecrets rotatingKeys(WireReader in) throws ProtocolException {
        LoginReader.header(in, RequestType.GET_ROTATING_KEY);
        Opaque sealed = in.blob("rotating secrets", Decoding.BYTES_MAX);
        RotatingSecrets secrets = Envelope.open(config.key(), KeyUsage.ROTATING_SECRETS, sealed, RotatingSecrets::read);
        rotatingKeysPending = false;
        return secrets;
    }

    private static boolean startsWith(Opaque payload, RequestType type) throws ProtocolException {
        return RequestType.read(Decoding.reader(payload)) == type;
    }

    private ProtocolException refused(AuthReplyMessage reply) {
        // Which of two requests it refuses cannot be told; the session ends anyway.
        pending = null;
        rotatingKeysPending = false;
        return new ProtocolException(
                FaultKind.AUTH, "the monitor refuses a renewal with " + Errno.toString(reply.result()));
    }
}
