package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

final class RequiresCephConditionTest {

    private static final String REASON = "ceph-mon not installed (apt-get install ceph-mon)";

    @Test
    void runsTheTestWhenNothingIsMissing() {
        assertThat(RequiresCephCondition.decide(Optional.empty(), false).isDisabled())
                .isFalse();
        assertThat(RequiresCephCondition.decide(Optional.empty(), true).isDisabled())
                .isFalse();
    }

    @Test
    void skipsTheTestWithTheReasonWhenSomethingIsMissing() {
        ConditionEvaluationResult result = RequiresCephCondition.decide(Optional.of(REASON), false);

        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason()).contains(REASON);
    }

    @Test
    void failsTheTestWithTheReasonWhereThePeerIsRequired() {
        assertThatThrownBy(() -> RequiresCephCondition.decide(Optional.of(REASON), true))
                .isInstanceOf(CephException.class)
                .hasMessageContaining(REASON);
    }
}
