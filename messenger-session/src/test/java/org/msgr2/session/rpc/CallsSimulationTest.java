package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Calls, streams and subscriptions in virtual time, while connections are cut, queues are small and callers change their minds:
 * all drawn from a seed. {@code -Dmsgr2.calls.schedules=N} runs more of them, {@code -Dmsgr2.calls.seed=N} that one alone.
 */
class CallsSimulationTest {
    private static final int SCHEDULES = Integer.getInteger("msgr2.calls.schedules", 100);

    @Test
    void everyCallEndsOnceAndHonestlyAndNoItemIsLostOrRepeated() throws IOException {
        Long one = Long.getLong("msgr2.calls.seed");
        if (one != null) {
            new CallsSchedule(one).run();
            return;
        }
        int cuts = 0;
        int unknown = 0;
        int unsent = 0;
        int resumptions = 0;
        Duration time = Duration.ZERO;
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            CallsSchedule schedule = new CallsSchedule(seed);
            try {
                schedule.run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            cuts += schedule.cuts();
            unknown += schedule.ended(CallStatus.OUTCOME_UNKNOWN);
            unsent += schedule.ended(CallStatus.NOT_SENT);
            resumptions += schedule.resumptions();
            time = time.plus(schedule.elapsed());
        }

        // What is drawn has to be worth it.
        assertThat(cuts).isGreaterThan(SCHEDULES);
        assertThat(unknown).isPositive();
        assertThat(unsent).isPositive();
        assertThat(resumptions).isGreaterThan(SCHEDULES / 4);
        assertThat(time).isPositive();
    }
}
