package org.msgr2.crypto.auth.cephx;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.crypto.key.KeyUsage;
import org.msgr2.crypto.onwire.ConnectionSecret;

/**
 * A service's end of one authentication (spec/msgr2 §3.9): ticket, challenge, answer. The first authorizer is never enough,
 * whatever it says (CVE-2018-1128), and the challenge is this connection's own (CVE-2020-25660).
 */
final class AuthorizerServer implements AuthServer {

    private enum State {
        /** Nothing was shown yet. */
        NEW,
        /** Keys are on their way. */
        WAITING,
        /** The answer to our challenge is due. */
        CHALLENGED,
        /** Accepted or refused. */
        OVER
    }

    private final AuthorizerVerifier verifier;
    private final List<ConnectionMode> modes;
    private final Entropy entropy;
    private final Refuser refuser;
    private State state = State.NEW;
    private ConnectionMode mode = ConnectionMode.UNKNOWN;
    private @Nullable Challenged challenged;

    /** What the answer is compared with. */
    private record Challenged(Authorizer shown, ServiceTicketInfo ticket, long nonce, long challenge) {}

    AuthorizerServer(AuthorizerVerifier verifier, List<ConnectionMode> modes, Entropy entropy, LoginListener listener) {
        this.verifier = verifier;
        this.modes = modes;
        this.entropy = entropy;
        this.refuser = new Refuser(listener, modes);
    }

    @Override
    public AuthReply request(int method, List<Integer> preferredModes, Opaque payload) throws ProtocolException {
        Refuser.expect(state == State.NEW);
        mode = ModeChoice.of(preferredModes, modes);
        if (method != AuthMethod.CEPHX.code() || mode == ConnectionMode.UNKNOWN) {
            return refuser.refuse(null, new Refused(LoginListener.Reason.METHOD, Errno.EOPNOTSUPP));
        }
        if (payload.isEmpty()) {
            return refuser.refuse(null, new Refused(LoginListener.Reason.TICKET));
        }
        Authorizer shown = Authorizer.read(Decoding.reader(payload));
        if (shown.service() == verifier.service()
                && verifier.keys().mayAppear(shown.ticket().secretId())) {
            state = State.WAITING;
            return new AuthReply.Later(verifier.nextKeys().handle((keys, failure) -> resumed(shown, failure)));
        }
        return first(shown);
    }

    private AuthReply resumed(Authorizer shown, @Nullable Throwable failure) {
        if (failure != null) {
            state = State.NEW;
            return refuser.refuse(null, new Refused(LoginListener.Reason.NO_KEYS));
        }
        return first(shown);
    }

    private AuthReply first(Authorizer shown) {
        // Nothing was given away by a refusal here: another ticket may be shown.
        state = State.NEW;
        try {
            ServiceTicketInfo ticket = verifier.open(shown);
            Authorize authorize = TicketOpener.authorize(shown, ticket);
            Challenged next = new Challenged(shown, ticket, authorize.nonce(), entropy.nextNonZeroLong());
            challenged = next;
            state = State.CHALLENGED;
            return new AuthReply.More(Envelope.seal(
                    ticket.sessionKey(),
                    KeyUsage.AUTHORIZE_CHALLENGE,
                    new AuthorizeChallenge(next.challenge()),
                    entropy));
        } catch (Refused refused) {
            return refuser.refuse(null, refused);
        }
    }

    @Override
    public AuthReply requestMore(Opaque payload) throws ProtocolException {
        Refuser.expect(state == State.CHALLENGED);
        // One answer per challenge.
        state = State.OVER;
        Challenged before = challenged;
        if (before == null) {
            throw new IllegalStateException("challenged, but nobody");
        }
        Authorizer shown = Authorizer.read(Decoding.reader(payload));
        EntityName name = before.ticket().ticket().name();
        try {
            answer(before, shown);
        } catch (Refused refused) {
            return refuser.refuse(name, refused);
        }
        return done(before);
    }

    /** The same ticket and nonce as before, and our challenge, plus one. */
    private static void answer(Challenged before, Authorizer shown) throws Refused {
        if (shown.globalId() != before.shown().globalId()
                || shown.service() != before.shown().service()
                || !shown.ticket().equals(before.shown().ticket())) {
            throw new Refused(LoginListener.Reason.TICKET);
        }
        Authorize authorize = TicketOpener.authorize(shown, before.ticket());
        if (!authorize.haveChallenge()
                || authorize.nonce() != before.nonce()
                || authorize.serverChallengePlusOne() != before.challenge() + 1) {
            throw new Refused(LoginListener.Reason.CHALLENGE);
        }
    }

    private AuthReply done(Challenged proven) {
        AuthTicket ticket = proven.ticket().ticket();
        Opaque secret = mode == ConnectionMode.SECURE
                ? ConnectionSecret.generate(entropy).toOpaque()
                : Opaque.EMPTY;
        Opaque sealed = Envelope.seal(
                proven.ticket().sessionKey(),
                KeyUsage.AUTHORIZE_REPLY,
                new AuthorizeReply(proven.nonce() + 1, secret),
                entropy);
        Encodable reply = out -> out.blob(sealed);
        PeerIdentity identity =
                new PeerIdentity(AuthMethod.CEPHX, ticket.name(), ticket.globalId(), capabilities(ticket.caps()));
        AuthOutcome outcome = new AuthOutcome(
                identity, SessionKey.of(proven.ticket().sessionKey().secret()), secret);
        return new AuthReply.Done(ticket.globalId(), mode, reply.encoded(), outcome);
    }

    /** For this service and those that are hosted here: a ticket says nothing about others. */
    private Capabilities capabilities(AuthCaps caps) {
        String text;
        try {
            text = caps.allowAll() ? "allow *" : caps.text();
        } catch (WireException e) {
            // Only if the check for it is off: who cannot be understood may do nothing.
            text = "";
        }
        return Capabilities.ofTicket(verifier.service().toString(), text);
    }
}
