package org.msgr2.examples.interop;

import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides for {@link RequiresCeph}. */
final class RequiresCephCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        // A method without the annotation comes here too when its class has it: the class has decided for it.
        List<CephProgram> needed = AnnotationSupport.findAnnotation(context.getElement(), RequiresCeph.class)
                .map(annotation -> List.of(annotation.value()))
                .orElse(List.of());
        return Presence.INSTALLED.decide(CephInstalled.here().missing(needed));
    }
}
