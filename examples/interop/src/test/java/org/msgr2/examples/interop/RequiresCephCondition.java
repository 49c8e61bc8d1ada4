package org.msgr2.examples.interop;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides for {@link RequiresCeph}. */
final class RequiresCephCondition implements ExecutionCondition {

    private static final String REQUIRED_VARIABLE = "MSGR_INTEROP_REQUIRED";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        // A method without the annotation comes here too when its class has it: the class has decided for it.
        List<CephProgram> needed = AnnotationSupport.findAnnotation(context.getElement(), RequiresCeph.class)
                .map(annotation -> List.of(annotation.value()))
                .orElse(List.of());
        boolean required = Boolean.parseBoolean(System.getenv(REQUIRED_VARIABLE));
        return decide(CephInstalled.here().missing(needed), required);
    }

    /**
     * @param missing what is not installed, empty if nothing is missing
     * @param required whether a missing program is a failure
     * @throws CephException with what is missing, if that is a failure: JUnit then fails the test or the class
     */
    static ConditionEvaluationResult decide(Optional<String> missing, boolean required) {
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("the Ceph programs it needs are installed");
        }
        if (required) {
            throw new CephException(missing.get() + ", and " + REQUIRED_VARIABLE + "=true forbids skipping");
        }
        return ConditionEvaluationResult.disabled(missing.get());
    }
}
