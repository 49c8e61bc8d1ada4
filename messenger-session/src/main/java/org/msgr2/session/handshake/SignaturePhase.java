package org.msgr2.session.handshake;

import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.AuthSignature;

/**
 * Each end signs all that it has received, without waiting for the other: so that nobody between them can have changed
 * what was offered (spec/msgr2 §3.5).
 */
final class SignaturePhase extends Phase {
    SignaturePhase() {
        super("AUTH_SIGNATURE");
    }

    @Override
    void enter(Exchange exchange) throws ProtocolException {
        exchange.stopRecording();
        exchange.send(new AuthSignature(exchange.ownSignature()));
    }

    @Override
    Step frame(ControlFrame frame, Exchange exchange) throws ProtocolException {
        if (!(frame instanceof AuthSignature signature)) {
            throw unexpected(frame.tag());
        }
        if (!signature.signature().equals(exchange.expectedSignature())) {
            throw new ProtocolException(FaultKind.AUTH, "the signature does not match what was exchanged");
        }
        return new Step.Done(exchange.secured());
    }
}
