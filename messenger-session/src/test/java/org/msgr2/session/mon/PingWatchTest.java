package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Keepalives on the session. */
class PingWatchTest {
    private static final long BEGIN = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

    private final PingWatch watch = new PingWatch(Duration.ofSeconds(10), Duration.ofSeconds(30), BEGIN);

    private static long at(long seconds) {
        return BEGIN + Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void asksEveryIntervalOneAtATime() {
        assertThat(watch.idle(at(4))).isEqualTo(Duration.ofSeconds(6));
        assertThat(watch.poll(at(10) - 1)).isFalse();
        assertThat(watch.poll(at(10))).isTrue();
        assertThat(watch.poll(at(20))).isFalse();
        watch.answered();
        assertThat(watch.poll(at(20))).isTrue();
    }

    @Test
    void missesAnAnswerAfterTheTimeout() {
        assertThat(watch.overdue(at(100))).isFalse();
        watch.poll(at(10));
        assertThat(watch.idle(at(10))).isEqualTo(Duration.ofSeconds(30));
        assertThat(watch.overdue(at(40) - 1)).isFalse();
        assertThat(watch.overdue(at(40))).isTrue();
        watch.answered();
        assertThat(watch.overdue(at(41))).isFalse();
    }
}
