package org.msgr2.examples.interop;

import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

/** What becomes of a test whose peer is absent: skipped with the reason, or failed where the peer was promised. */
enum Presence {
    /** Programs and libraries of this machine. */
    INSTALLED("MSGR_INTEROP_REQUIRED"),
    /** A container engine, and an image. */
    CONTAINER("MSGR_INTEROP_CONTAINER_REQUIRED");

    private final String requiredVariable;

    Presence(String requiredVariable) {
        this.requiredVariable = requiredVariable;
    }

    /** The same as {@link #decide(Optional, boolean)}, with what the environment says. */
    ConditionEvaluationResult decide(Optional<String> missing) {
        return decide(missing, Boolean.parseBoolean(System.getenv(requiredVariable)));
    }

    /**
     * @param missing what is not there and how to get it, empty if nothing is missing
     * @param required whether a missing peer is a failure
     * @throws PeerException with what is missing, if that is a failure: JUnit then fails the test or the class
     */
    ConditionEvaluationResult decide(Optional<String> missing, boolean required) {
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("what it needs is there");
        }
        if (required) {
            throw new PeerException(missing.get() + ", and " + requiredVariable + "=true forbids skipping");
        }
        return ConditionEvaluationResult.disabled(missing.get());
    }
}
