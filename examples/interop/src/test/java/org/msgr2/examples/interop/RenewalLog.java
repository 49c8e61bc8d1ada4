package org.msgr2.examples.interop;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.AuthSession;

/** Credentials as they were, and a count of what peers ask of them within their sessions. Thread-safe. */
final class RenewalLog implements AuthProvider {

    private final AuthProvider counted;
    private final AtomicInteger granted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    RenewalLog(AuthProvider counted) {
        this.counted = counted;
    }

    /** How often a peer asked for new tickets and got an answer with some. */
    int granted() {
        return granted.get();
    }

    /** How often a peer asked and got an error. */
    int refused() {
        return refused.get();
    }

    @Override
    public AuthClient client(EntityType peerType) {
        return counted.client(peerType);
    }

    @Override
    public AuthServer server(EntityType peerType) {
        AuthServer server = counted.server(peerType);
        return new AuthServer() {
            @Override
            public AuthReply request(int method, List<Integer> preferredModes, Opaque payload)
                    throws ProtocolException {
                return counting(server.request(method, preferredModes, payload));
            }

            @Override
            public AuthReply requestMore(Opaque payload) throws ProtocolException {
                return counting(server.requestMore(payload));
            }
        };
    }

    private AuthReply counting(AuthReply reply) {
        if (reply instanceof AuthReply.Later later) {
            return new AuthReply.Later(later.reply().thenApply(this::counting));
        }
        if (reply instanceof AuthReply.Done done) {
            AuthOutcome outcome = done.outcome();
            AuthOutcome same = new AuthOutcome(
                    outcome.identity(),
                    outcome.sessionKey(),
                    outcome.connectionSecret(),
                    new CountedSession(outcome.session()));
            return new AuthReply.Done(done.globalId(), done.mode(), done.payload(), same);
        }
        return reply;
    }

    private final class CountedSession implements AuthSession {

        private final AuthSession session;

        CountedSession(AuthSession session) {
            this.session = session;
        }

        @Override
        public Reply request(Opaque payload) {
            Reply reply = session.request(payload);
            (reply.result() == 0 && !reply.payload().isEmpty() ? granted : refused).incrementAndGet();
            return reply;
        }

        @Override
        public boolean hasToReconnect() {
            return session.hasToReconnect();
        }
    }
}
