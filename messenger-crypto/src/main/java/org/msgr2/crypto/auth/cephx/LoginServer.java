package org.msgr2.crypto.auth.cephx;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.SessionKey;

/**
 * A monitor's end of one login (spec/msgr2 §3.8): name, challenge, proof, tickets. One proof per challenge: after a refusal
 * the connection is of no more use.
 */
final class LoginServer implements AuthServer {

    private enum State {
        /** Nobody has said a name. */
        NEW,
        /** The answer to our challenge is due. */
        CHALLENGED,
        /** Accepted or refused. */
        OVER
    }

    private final Logins logins;
    private final TicketRequests requests;
    private final LoginListener listener;
    private final boolean exposeInsecureReclaim;
    private final List<ConnectionMode> modes;
    private final Entropy entropy;
    private State state = State.NEW;
    private ConnectionMode mode = ConnectionMode.UNKNOWN;
    private Logins.@Nullable Claim claim;

    LoginServer(
            Logins logins,
            TicketRequests requests,
            LoginListener listener,
            boolean exposeInsecureReclaim,
            List<ConnectionMode> modes,
            Entropy entropy) {
        this.logins = logins;
        this.requests = requests;
        this.listener = listener;
        this.exposeInsecureReclaim = exposeInsecureReclaim;
        this.modes = modes;
        this.entropy = entropy;
    }

    @Override
    public AuthReply request(int method, List<Integer> preferredModes, Opaque payload) throws ProtocolException {
        expect(State.NEW);
        mode = ModeChoice.of(preferredModes, modes);
        if (method != AuthMethod.CEPHX.code() || mode == ConnectionMode.UNKNOWN) {
            return refuse(null, new Refused(LoginListener.Reason.METHOD, Errno.EOPNOTSUPP));
        }
        MonRequest request = MonRequest.read(Decoding.reader(payload));
        // Of this connection, and of no other (CVE-2020-25660).
        long challenge = entropy.nextNonZeroLong();
        claim = new Logins.Claim(request.name(), request.globalId(), challenge);
        state = State.CHALLENGED;
        return new AuthReply.More(new ServerChallenge(challenge).encoded());
    }

    @Override
    public AuthReply requestMore(Opaque payload) throws ProtocolException {
        expect(State.CHALLENGED);
        state = State.OVER;
        Logins.Claim claimed = claim;
        if (claimed == null) {
            throw new IllegalStateException("challenged, but nobody");
        }
        WireReader in = Decoding.reader(payload);
        RequestType type = RequestType.read(in);
        if (type != RequestType.GET_AUTH_SESSION_KEY) {
            throw new ProtocolException(FaultKind.SEQUENCE, "a login begins with " + type);
        }
        Authenticate request = Authenticate.read(in);
        try {
            return done(claimed, logins.login(claimed, request, mode));
        } catch (Refused refused) {
            return refuse(claimed.name(), refused);
        }
    }

    private AuthReply done(Logins.Claim claimed, Logins.Login login) {
        PeerIdentity identity = new PeerIdentity(
                AuthMethod.CEPHX,
                claimed.name(),
                login.globalId(),
                login.entity().capabilities());
        LoginSession session = new LoginSession(
                logins,
                requests,
                listener,
                new Logins.Claim(claimed.name(), login.globalId(), claimed.challenge()),
                exposeInsecureReclaim && login.status() == GlobalIdStatus.NEW_NOT_EXPOSED);
        AuthOutcome outcome = new AuthOutcome(
                identity, SessionKey.of(login.sessionKey().secret()), login.connectionSecret(), session);
        Encodable reply = out -> {
            new ResponseHeader(RequestType.GET_AUTH_SESSION_KEY, 0).write(out);
            out.raw(login.reply());
        };
        return new AuthReply.Done(login.globalId(), mode, reply.encoded(), outcome);
    }

    private AuthReply refuse(@Nullable EntityName claimed, Refused refused) {
        listener.refused(claimed, refused.reason());
        return new AuthReply.BadMethod(refused.result(), List.of(AuthMethod.CEPHX), modes);
    }

    private void expect(State expected) throws ProtocolException {
        if (state != expected) {
            throw new ProtocolException(FaultKind.SEQUENCE, "an authentication frame where none is due");
        }
    }
}
