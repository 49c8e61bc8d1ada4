package org.msgr2.examples.interop;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Decides for {@link RequiresPythonRados}. */
final class RequiresPythonRadosCondition implements ExecutionCondition {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (context.getTestMethod().isPresent()) {
            return ConditionEvaluationResult.enabled("the class has decided for its methods");
        }
        return Presence.INSTALLED.decide(missing());
    }

    private static Optional<String> missing() {
        try {
            CephCommand.run(new ProcessBuilder(RadosClient.PYTHON, "-c", "import rados"), LIMIT, ProcessBuilder::start);
            return Optional.empty();
        } catch (CephException e) {
            return Optional.of(RadosClient.PYTHON + " has no module rados (apt-get install python3-rados)");
        }
    }
}
