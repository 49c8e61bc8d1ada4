package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.Errno;

/**
 * What a peer may ask its monitor for after its login (spec/msgr2 §3.8, renewal). Each request is for the peer itself, as
 * this session's login established it: a ticket of somebody else gives nothing here.
 */
final class LoginSession implements AuthSession {
    private final Logins logins;
    private final TicketRequests requests;
    private final LoginListener listener;
    private final Logins.Claim peer;
    private final boolean hasToReconnect;

    /** @param peer with the id that it got, and the challenge that its next login within this session answers to */
    LoginSession(
            Logins logins, TicketRequests requests, LoginListener listener, Logins.Claim peer, boolean hasToReconnect) {
        this.logins = logins;
        this.requests = requests;
        this.listener = listener;
        this.peer = peer;
        this.hasToReconnect = hasToReconnect;
    }

    @Override
    public boolean hasToReconnect() {
        return hasToReconnect;
    }

    @Override
    public Reply request(Opaque payload) {
        WireReader in = Decoding.reader(payload);
        RequestType type;
        try {
            type = RequestType.read(in);
        } catch (ProtocolException e) {
            listener.refused(peer.name(), LoginListener.Reason.REQUEST);
            return new Reply(-Errno.EINVAL, peer.globalId(), Opaque.EMPTY);
        }
        try {
            return reply(type, 0, answer(type, in));
        } catch (Refused refused) {
            listener.refused(peer.name(), refused.reason());
            return reply(type, refused.result(), out -> {});
        } catch (NotNowException e) {
            return reply(type, -Errno.EBUSY, out -> {});
        } catch (ProtocolException malformed) {
            listener.refused(peer.name(), LoginListener.Reason.REQUEST);
            return reply(type, -Errno.EINVAL, out -> {});
        }
    }

    private Encodable answer(RequestType type, WireReader in) throws Refused, ProtocolException {
        return switch (type) {
            case GET_AUTH_SESSION_KEY -> {
                Opaque login = logins.renew(peer, Authenticate.read(in)).reply();
                yield out -> out.raw(login);
            }
            case GET_PRINCIPAL_SESSION_KEY -> {
                Authorizer shown = Authorizer.read(in);
                ServiceTicketRequest request = ServiceTicketRequest.read(in);
                yield requests.services(request, requests.open(shown, peer));
            }
            case GET_ROTATING_KEY -> {
                Opaque sealed = requests.rotatingKeys(peer.name());
                yield out -> out.blob(sealed);
            }
        };
    }

    private Reply reply(RequestType type, int result, Encodable body) {
        Encodable reply = out -> {
            new ResponseHeader(type, result).write(out);
            body.write(out);
        };
        return new Reply(result, peer.globalId(), reply.encoded());
    }
}
