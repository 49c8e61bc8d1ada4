package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.msgr2.core.wire.Limits;

class BackoffTest {
    private static List<Long> waits(Backoff backoff, int count) {
        return Stream.generate(() -> Duration.ofNanos(backoff.nextNs()).toMillis())
                .limit(count)
                .toList();
    }

    @Test
    void doublesFromTheFirstWaitToTheLongest() {
        Backoff backoff = new Backoff(Limits.defaults().timeouts());
        assertThat(waits(backoff, 9)).containsExactly(200L, 400L, 800L, 1600L, 3200L, 6400L, 12_800L, 15_000L, 15_000L);
    }

    @Test
    void beginsAnewAfterASuccess() {
        Backoff backoff = new Backoff(Limits.defaults().timeouts());
        waits(backoff, 5);
        backoff.ready(7);
        backoff.ready(8);
        assertThat(waits(backoff, 2)).containsExactly(200L, 400L);
    }

    @Test
    void stopsAtItsMaximumHoweverLongItGoesOn() {
        Limits.Timeouts days = Limits.defaults().timeouts().withBackoff(Duration.ofNanos(1), Duration.ofDays(365));
        Backoff backoff = new Backoff(days);
        long last = 0;
        for (int i = 0; i < 200; i++) {
            long wait = backoff.nextNs();
            assertThat(wait).isBetween(Math.max(1, last), Duration.ofDays(365).toNanos());
            last = wait;
        }
        assertThat(last).isEqualTo(Duration.ofDays(365).toNanos());
    }

    @Test
    void mayBeConstant() {
        Limits.Timeouts constant =
                Limits.defaults().timeouts().withBackoff(Duration.ofMillis(30), Duration.ofMillis(30));
        assertThat(waits(new Backoff(constant), 3)).containsExactly(30L, 30L, 30L);
    }

    @Test
    void aSessionThatDoesNotLiveIsDialledAtOnceOnlyOnce() {
        Backoff backoff = new Backoff(Limits.defaults().timeouts());
        long now = Long.MAX_VALUE - 5; // times are compared by their difference
        for (int i = 0; i < 3; i++) {
            backoff.ready(now);
            assertThat(backoff.lost(now + 10)).isEqualTo(i == 0);
        }
        assertThat(waits(backoff, 2)).containsExactly(200L, 400L);
        backoff.ready(now);
        assertThat(waits(backoff, 1)).as("which does not begin anew").containsExactly(800L);

        backoff.heard();
        assertThat(backoff.lost(now)).isTrue();
        assertThat(waits(backoff, 1)).containsExactly(200L);
        backoff.ready(now);
        assertThat(backoff.lost(now)).isTrue();
        assertThat(backoff.lost(now)).isFalse();
    }

    @Test
    void whatWasReadyForLongerThanAnyWaitHasLived() {
        Backoff backoff = new Backoff(Limits.defaults().timeouts());
        long longest = Duration.ofSeconds(15).toNanos();
        for (int i = 0; i < 3; i++) {
            backoff.ready(i);
            assertThat(backoff.lost(longest + i)).isTrue();
        }
        backoff.ready(0);
        assertThat(backoff.lost(longest - 1)).isTrue();
        assertThat(backoff.lost(longest - 1)).isFalse();
    }
}
