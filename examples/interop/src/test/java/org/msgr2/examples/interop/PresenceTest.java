package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

final class PresenceTest {

    private static final String REASON = "ceph-mon not installed (apt-get install ceph-mon)";

    @Test
    void runsTheTestWhenNothingIsMissing() {
        assertThat(Presence.INSTALLED.decide(Optional.empty(), false).isDisabled())
                .isFalse();
        assertThat(Presence.INSTALLED.decide(Optional.empty(), true).isDisabled())
                .isFalse();
    }

    @Test
    void skipsTheTestWithTheReasonWhenSomethingIsMissing() {
        ConditionEvaluationResult result = Presence.INSTALLED.decide(Optional.of(REASON), false);

        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason()).contains(REASON);
    }

    @Test
    void failsTheTestWithTheReasonWhereThePeerIsRequired() {
        assertThatThrownBy(() -> Presence.INSTALLED.decide(Optional.of(REASON), true))
                .isInstanceOf(PeerException.class)
                .hasMessage(REASON + ", and MSGR_INTEROP_REQUIRED=true forbids skipping");
        assertThatThrownBy(() -> Presence.CONTAINER.decide(Optional.of("no engine"), true))
                .isInstanceOf(PeerException.class)
                .hasMessage("no engine, and MSGR_INTEROP_CONTAINER_REQUIRED=true forbids skipping");
    }
}
