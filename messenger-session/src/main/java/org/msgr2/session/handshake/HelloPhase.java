package org.msgr2.session.handshake;

import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.Hello;

/** Each end tells its type, and the address under which it sees the other (spec/msgr2 §3.2). */
final class HelloPhase extends Phase {
    HelloPhase() {
        super("HELLO");
    }

    @Override
    void enter(Exchange exchange) throws ProtocolException {
        exchange.send(new Hello(exchange.config().self(), exchange.peerAddr()));
    }

    @Override
    Step frame(ControlFrame frame, Exchange exchange) throws ProtocolException {
        if (!(frame instanceof Hello hello)) {
            throw unexpected(frame.tag());
        }
        if (!hello.entityType().isNode()) {
            throw new ProtocolException(FaultKind.MALFORMED, "entity_type: no node is of type " + hello.entityType());
        }
        EntityType expected = exchange.expectedType();
        if (expected != EntityType.ANY && hello.entityType() != expected) {
            throw new ProtocolException(
                            FaultKind.AUTH, "the peer is of type " + hello.entityType() + ", expected " + expected)
                    .asTerminal();
        }
        exchange.helloReceived(hello.entityType(), hello.peerAddr());
        HandshakeConfig config = exchange.config();
        return new Step.Next(
                exchange.connecting()
                        ? new AuthConnectPhase(config.auth().client(hello.entityType()))
                        : new AuthAcceptPhase(config.auth().server(hello.entityType(), exchange.peerAddr())));
    }
}
