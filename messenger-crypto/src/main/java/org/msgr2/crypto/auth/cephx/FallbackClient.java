package org.msgr2.crypto.auth.cephx;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.ConnectionMode;

/**
 * Offers one method after the other, as long as the acceptor refuses the first request of each and allows a later one
 * (spec/msgr2 §3.4). Never goes back to one that was refused, so the list bounds the rounds.
 */
final class FallbackClient implements AuthClient {
    private final Queue<Candidate> rest;
    private final Consumer<AuthMethod> accepted;
    private @Nullable Candidate current;
    private boolean challenged;

    /** A method, and its machine for this connection. */
    record Candidate(AuthMethod method, AuthClient client) {}

    /**
     * @param candidates in order of preference
     * @param accepted is told which of them did it
     */
    FallbackClient(List<Candidate> candidates, Consumer<AuthMethod> accepted) {
        rest = new ArrayDeque<>(candidates);
        this.accepted = accepted;
    }

    @Override
    public Offer start() throws ProtocolException {
        Candidate first = rest.poll();
        if (first == null) {
            throw new ProtocolException(FaultKind.AUTH, "no method of ours has a connection mode that we allow");
        }
        return offer(first);
    }

    private Offer offer(Candidate candidate) throws ProtocolException {
        current = candidate;
        return candidate.client().start();
    }

    @Override
    public Opaque replyMore(Opaque payload) throws ProtocolException {
        challenged = true;
        return current().client().replyMore(payload);
    }

    @Override
    public AuthOutcome done(long globalId, ConnectionMode mode, Opaque payload) throws ProtocolException {
        AuthOutcome outcome = current().client().done(globalId, mode, payload);
        accepted.accept(current().method());
        return outcome;
    }

    @Override
    public Offer badMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            throws ProtocolException {
        // Once it has challenged us the acceptor reads no other request on this connection.
        while (!challenged && !rest.isEmpty()) {
            Candidate next = rest.remove();
            if (allowedMethods.contains(next.method().code())) {
                return offer(next);
            }
        }
        return current().client().badMethod(method, result, allowedMethods, allowedModes);
    }

    private Candidate current() {
        if (current == null) {
            throw new IllegalStateException("not started");
        }
        return current;
    }
}
