package org.msgr2.crypto.auth.cephx;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
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
    private final Refuser refuser;
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
        this.refuser = new Refuser(listener, modes);
        this.exposeInsecureReclaim = exposeInsecureReclaim;
        this.modes = modes;
        this.entropy = entropy;
    }

    @Override
    public AuthReply request(int method, List<Integer> preferredModes, Opaque payload) throws ProtocolException {
        Refuser.expect(state == State.NEW);
        mode = ModeChoice.of(preferredModes, modes);
        if (method != AuthMethod.CEPHX.code() || mode == ConnectionMode.UNKNOWN) {
            return refuser.refuse(null, new Refused(LoginListener.Reason.METHOD, Errno.EOPNOTSUPP));
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
        Refuser.expect(state == State.CHALLENGED);
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
            return refuser.refuse(claimed.name(), refused);
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
}
