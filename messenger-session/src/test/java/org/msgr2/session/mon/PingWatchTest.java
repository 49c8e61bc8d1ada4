package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Keepalives on the session. */
class PingWatchTest {
    private static final long BEGIN = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

    private final PingWatch watch = watch(10, 30);

    private static PingWatch watch(int interval, int timeout) {
        return new PingWatch(Duration.ofSeconds(interval), Duration.ofSeconds(timeout), BEGIN);
    }

    private static long at(long seconds) {
        return BEGIN + Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void asksEveryIntervalAnsweredOrNot() {
        assertThat(watch.idle(at(4))).isEqualTo(Duration.ofSeconds(6));
        assertThat(watch.poll(at(10) - 1)).isFalse();
        assertThat(watch.poll(at(10))).isTrue();
        assertThat(watch.poll(at(19))).isFalse();
        assertThat(watch.idle(at(19))).isEqualTo(Duration.ofSeconds(1));
        assertThat(watch.poll(at(20))).isTrue();
        watch.answered(at(21));
        assertThat(watch.idle(at(21))).isEqualTo(Duration.ofSeconds(9));
        assertThat(watch.poll(at(30))).isTrue();
    }

    @Test
    void missesAnAnswerThatIsSoOld() {
        watch.poll(at(10));
        watch.poll(at(20));
        assertThat(watch.idle(at(20))).isEqualTo(Duration.ofSeconds(10));
        assertThat(watch.overdue(at(30) - 1)).isFalse();
        assertThat(watch.overdue(at(30))).isTrue();
        watch.answered(at(30));
        assertThat(watch.overdue(at(100))).as("it was not asked").isFalse();
        watch.poll(at(100));
        assertThat(watch.overdue(at(100))).as("it has had no time").isFalse();
        assertThat(watch.overdue(at(110))).isTrue();
    }

    @Test
    void leavesTimeForAnAnswerHoweverSeldomItAsks() {
        PingWatch seldom = watch(60, 5);
        assertThat(seldom.poll(at(60))).isTrue();
        assertThat(seldom.idle(at(60))).isEqualTo(Duration.ofSeconds(5));
        assertThat(seldom.overdue(at(65) - 1)).isFalse();
        assertThat(seldom.overdue(at(65))).isTrue();
    }
}
