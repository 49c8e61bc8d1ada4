package org.msgr2.session.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SuccessionTest {
    private final Succession<String> line = new Succession<>();

    @Test
    void nobodyFollowsOneThatNobodyWaitsFor() {
        assertThat(line.ended("first")).isNull();
    }

    @Test
    void eachHasItsTurnWhenTheOneBeforeItEnds() {
        line.waits("second", "first");
        line.waits("third", "second");

        assertThat(line.ended("first")).isEqualTo("second");
        assertThat(line.ended("second")).isEqualTo("third");
        assertThat(line.ended("third")).isNull();
    }

    @Test
    void whoWaitedForOneThatLeavesTheLineWaitsForTheOneBeforeThat() {
        line.waits("second", "first");
        line.waits("third", "second");

        assertThat(line.ended("second")).isNull();
        assertThat(line.ended("first")).isEqualTo("third");
    }

    @Test
    void theLastLeavesTheLine() {
        line.waits("second", "first");

        assertThat(line.ended("second")).isNull();
        assertThat(line.ended("first")).isNull();
    }

    @Test
    void linesHaveNothingToDoWithEachOther() {
        line.waits("second", "first");
        line.waits("deux", "un");

        assertThat(line.ended("un")).isEqualTo("deux");
        assertThat(line.ended("first")).isEqualTo("second");
    }
}
