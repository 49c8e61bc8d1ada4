package org.msgr2.session;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityType;

/**
 * Which policy a session has: by the type of the peer, and by who dials (spec/msgr2 §6). Immutable.
 *
 * @param dial for connections that we dial
 * @param dialByType exceptions, by what the peer has to be
 * @param accept for connections that we accept
 * @param acceptByType exceptions, by what the peer is
 */
public record Policies(
        Policy dial, Map<EntityType, Policy> dialByType, AcceptPolicy accept, Map<EntityType, Policy> acceptByType) {

    /** One for all. */
    record Always(Policy policy) implements AcceptPolicy {
        @Override
        public Policy of(IncomingPeer peer) {
            return policy;
        }
    }

    public Policies {
        dialByType = Map.copyOf(dialByType);
        acceptByType = Map.copyOf(acceptByType);
    }

    /** @param type what is dialled; ANY has no exceptions */
    public Policy toDial(EntityType type) {
        return dialByType.getOrDefault(type, dial);
    }

    /** @throws IllegalStateException if the application has chosen a policy that never accepts */
    public Policy toAccept(IncomingPeer peer) {
        Policy exception = acceptByType.get(peer.type());
        Policy chosen = exception != null ? exception : accept.of(peer);
        if (!chosen.accepts()) {
            throw new IllegalStateException(
                    "policy " + chosen.name() + " was chosen for " + peer.type() + ", and is for dialling");
        }
        return chosen;
    }

    /** What would give accepted peers places by their addresses, for a message; null if nothing does. */
    @Nullable String registering() {
        for (Policy policy : acceptByType.values()) {
            if (policy.registers()) {
                return "policy " + policy.name();
            }
        }
        if (accept instanceof Always always) {
            return always.policy().registers() ? "policy " + always.policy().name() : null;
        }
        return "a policy that is chosen for each peer";
    }
}
