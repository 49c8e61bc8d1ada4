package org.msgr2.session.handshake;

import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.AuthBadMethod;
import org.msgr2.core.frame.ControlFrame.AuthDone;
import org.msgr2.core.frame.ControlFrame.AuthReplyMore;
import org.msgr2.core.frame.ControlFrame.AuthRequest;
import org.msgr2.core.frame.ControlFrame.AuthRequestMore;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;

/**
 * The accepting end lets itself be convinced (spec/msgr2 §3.4). A refused first request may be followed by another; once
 * the acceptor has asked for more, only AUTH_REQUEST_MORE will do.
 */
final class AuthAcceptPhase extends Phase {
    private final AuthServer server;
    private boolean askedForMore;
    private int method;
    private int rounds;

    AuthAcceptPhase(AuthServer server) {
        super("AUTH_REQUEST");
        this.server = server;
    }

    @Override
    Step frame(ControlFrame frame, Exchange exchange) throws ProtocolException {
        int max = exchange.config().limits().handshake().authRoundsMax();
        if (++rounds > max) {
            throw new ProtocolException(FaultKind.LIMIT, "more than " + max + " rounds of authentication");
        }
        if (frame instanceof AuthRequest request && !askedForMore) {
            method = request.method();
            return answer(server.request(method, request.preferredModes(), request.payload()), exchange);
        }
        if (frame instanceof AuthRequestMore more && askedForMore) {
            return answer(server.requestMore(more.payload()), exchange);
        }
        throw unexpected(frame.tag());
    }

    @Override
    Step resume(AuthReply reply, Exchange exchange) throws ProtocolException {
        return answer(reply, exchange);
    }

    private Step answer(AuthReply reply, Exchange exchange) throws ProtocolException {
        if (reply instanceof AuthReply.Later later) {
            return new Step.Pending(later.reply());
        }
        if (reply instanceof AuthReply.More more) {
            askedForMore = true;
            exchange.send(new AuthReplyMore(more.payload()));
            return Step.STAY;
        }
        if (reply instanceof AuthReply.BadMethod bad) {
            exchange.send(new AuthBadMethod(
                    method,
                    bad.result(),
                    bad.allowedMethods().stream().map(AuthMethod::code).toList(),
                    bad.allowedModes().stream().map(ConnectionMode::code).toList()));
            return Step.STAY;
        }
        AuthReply.Done done = (AuthReply.Done) reply;
        checkType(done.outcome().identity(), exchange.peerType());
        // Before we say that we are satisfied: the mode may be none that we can, or want to, speak.
        exchange.authenticated(done.outcome(), done.mode());
        exchange.send(new AuthDone(done.globalId(), done.mode().code(), done.payload()));
        exchange.protect();
        return new Step.Next(new SignaturePhase());
    }

    /**
     * HELLO is a claim, and what a peer may do can depend on its type. A daemon's type has to be proven. A client's is nobody's
     * privilege, and daemons do come as clients: a {@code ceph} command that was given a daemon's name and key does.
     */
    private static void checkType(PeerIdentity identity, EntityType claimed) throws ProtocolException {
        if (identity.authenticated()
                && claimed != EntityType.CLIENT
                && claimed != identity.name().type()) {
            throw new ProtocolException(
                    FaultKind.AUTH,
                    "the peer authenticated as " + identity.name() + ", and claims to be of type " + claimed);
        }
    }
}
