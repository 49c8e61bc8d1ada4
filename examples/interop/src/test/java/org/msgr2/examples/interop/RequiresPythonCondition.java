package org.msgr2.examples.interop;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides for {@link RequiresPython}. */
final class RequiresPythonCondition implements ExecutionCondition {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        // A method comes here too: its class has decided for it.
        return AnnotationSupport.findAnnotation(context.getElement(), RequiresPython.class)
                .map(annotation -> Presence.INSTALLED.decide(missing(annotation.value())))
                .orElse(ConditionEvaluationResult.enabled("the class has decided for its methods"));
    }

    private static Optional<String> missing(String module) {
        try {
            PeerCommand.run(
                    new ProcessBuilder(PythonClient.PYTHON, "-c", "import " + module), LIMIT, ProcessBuilder::start);
            return Optional.empty();
        } catch (PeerException e) {
            return Optional.of(
                    "%s has no module %s (apt-get install python3-%s)".formatted(PythonClient.PYTHON, module, module));
        }
    }
}
