package org.msgr2.session.handshake;

import java.util.List;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.AuthBadMethod;
import org.msgr2.core.frame.ControlFrame.AuthDone;
import org.msgr2.core.frame.ControlFrame.AuthReplyMore;
import org.msgr2.core.frame.ControlFrame.AuthRequest;
import org.msgr2.core.frame.ControlFrame.AuthRequestMore;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthClient.Offer;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.ConnectionMode;

/** The connecting end convinces the acceptor (spec/msgr2 §3.4). */
final class AuthConnectPhase extends Phase {
    private final AuthClient client;
    private List<ConnectionMode> offered = List.of();
    private int rounds;

    AuthConnectPhase(AuthClient client) {
        super("the answer to AUTH_REQUEST");
        this.client = client;
    }

    @Override
    void enter(Exchange exchange) throws ProtocolException {
        offer(client.start(), exchange);
    }

    private void offer(Offer offer, Exchange exchange) throws ProtocolException {
        offered = offer.modes();
        List<Integer> modes = offered.stream().map(ConnectionMode::code).toList();
        exchange.send(new AuthRequest(offer.method().code(), modes, offer.payload()));
    }

    @Override
    Step frame(ControlFrame frame, Exchange exchange) throws ProtocolException {
        int max = exchange.config().limits().handshake().authRoundsMax();
        if (++rounds > max) {
            throw new ProtocolException(FaultKind.LIMIT, "more than " + max + " rounds of authentication");
        }
        if (frame instanceof AuthReplyMore more) {
            exchange.send(new AuthRequestMore(client.replyMore(more.payload())));
            return Step.STAY;
        }
        if (frame instanceof AuthBadMethod bad) {
            offer(client.badMethod(bad.method(), bad.result(), bad.allowedMethods(), bad.allowedModes()), exchange);
            return Step.STAY;
        }
        if (frame instanceof AuthDone done) {
            ConnectionMode mode = ConnectionMode.ofCode(done.connectionMode());
            if (!offered.contains(mode)) {
                // Ceph's own client does not look: a server could talk it out of encryption.
                throw new ProtocolException(
                        FaultKind.AUTH,
                        "the peer chose mode " + done.connectionMode() + " (" + mode + "), offered were " + offered);
            }
            AuthOutcome outcome = client.done(done.globalId(), mode, done.payload());
            exchange.authenticated(outcome, mode);
            exchange.protect();
            return new Step.Next(new SignaturePhase());
        }
        throw unexpected(frame.tag());
    }
}
