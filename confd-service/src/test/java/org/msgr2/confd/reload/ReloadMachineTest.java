package org.msgr2.confd.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgr2.confd.Vectors;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigState;

class ReloadMachineTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long OLD_NS = TimeUnit.HOURS.toNanos(1);
    private static final ReloadTiming TIMING = ReloadTiming.DEFAULTS;
    private static final ClusterConfig CONFIG = Vectors.small30();
    private static final Reading GOOD = new Reading.Good(CONFIG);
    private static final Reading BAD = new Reading.Bad("bad");

    private long nowNs = 1000;
    private ReloadMachine machine = new ReloadMachine(TIMING, OnBad.ERROR, nowNs);

    private static FileStamp stamp(int write) {
        return new FileStamp(write, write, 7, 100);
    }

    private @Nullable ConfigState reads(Reading reading, FileStamp stamp) {
        return reads(reading, stamp, stamp, OLD_NS);
    }

    private @Nullable ConfigState reads(Reading reading, FileStamp before, FileStamp after, long ageNs) {
        assertThat(machine.looked(before, nowNs)).isTrue();
        return machine.read(reading, before, after, ageNs, 0, nowNs);
    }

    private void passes(long ns) {
        nowNs += ns;
    }

    @Test
    void aNewStampIsReadAndPublished() {
        assertThat(reads(GOOD, stamp(1))).isEqualTo(new ConfigState.Loaded(CONFIG));
        passes(250 * MS);
        assertThat(machine.looked(stamp(1), nowNs)).isFalse();
        assertThat(reads(GOOD, stamp(2))).isInstanceOf(ConfigState.Loaded.class);
    }

    @Test
    void pollsFasterWhileNobodyReportsChanges() {
        reads(GOOD, stamp(1));
        assertThat(machine.nextLookNs() - nowNs).isEqualTo(TIMING.pollNs());
        machine.watched(true);
        passes(TIMING.pollNs());
        assertThat(machine.looked(stamp(1), nowNs)).isFalse();
        assertThat(machine.nextLookNs() - nowNs).isEqualTo(TIMING.watchedPollNs());
        machine.noticed(nowNs);
        assertThat(machine.nextLookNs()).isEqualTo(nowNs);
    }

    @Test
    void aFileReadWithinOneTickOfItsModificationIsReadOnceMore() {
        reads(GOOD, stamp(1), stamp(1), 5 * MS);
        assertThat(machine.nextLookNs() - nowNs).isEqualTo(TIMING.clockStepNs());
        passes(TIMING.clockStepNs());
        assertThat(reads(new Reading.Same(), stamp(1), stamp(1), 25 * MS)).isNull();
        passes(TIMING.clockStepNs());
        assertThat(machine.looked(stamp(1), nowNs)).isFalse();
    }

    @Test
    void aFileThatChangedWhileItWasReadIsReadAgainAtOnce() {
        reads(GOOD, stamp(1), stamp(2), OLD_NS);
        assertThat(machine.nextLookNs()).isEqualTo(nowNs);
        assertThat(reads(GOOD, stamp(2))).isInstanceOf(ConfigState.Loaded.class);
    }

    @Test
    void whatIsBadAtTheStartIsToldAtOnce() {
        assertThat(reads(BAD, FileStamp.MISSING)).isEqualTo(new ConfigState.Unavailable("bad"));
        assertThat(machine.badCause()).isEqualTo("bad");
        passes(MS);
        assertThat(reads(GOOD, stamp(1))).isEqualTo(new ConfigState.Loaded(CONFIG));
        assertThat(machine.badCause()).isNull();
    }

    @Test
    void aHalfWrittenFileIsNotBelievedBeforeItHasStayedTheSame() {
        reads(GOOD, stamp(1));
        passes(MS);
        assertThat(reads(BAD, stamp(2))).isNull();
        assertThat(machine.badCause()).isNull();
        passes(TIMING.settleNs());
        assertThat(reads(BAD, stamp(2))).isEqualTo(new ConfigState.Unavailable("bad"));
        passes(TIMING.settleNs());
        assertThat(machine.looked(stamp(2), nowNs)).isFalse();
    }

    @Test
    void aFileThatIsCompleteAfterAMomentWasNeverBad() {
        reads(GOOD, stamp(1));
        passes(MS);
        assertThat(reads(BAD, stamp(2))).isNull();
        passes(MS);
        assertThat(reads(GOOD, stamp(3))).isEqualTo(new ConfigState.Loaded(CONFIG));
        assertThat(machine.badCause()).isNull();
    }

    @Test
    void badContentThatKeepsChangingIsBelievedInTheEnd() {
        reads(GOOD, stamp(1));
        ConfigState state = null;
        int writes = 2;
        while (state == null && writes < 100) {
            passes(100 * MS);
            state = reads(BAD, stamp(writes++));
        }
        assertThat(state).isEqualTo(new ConfigState.Unavailable("bad"));
        assertThat(writes * 100L * MS).isBetween(TIMING.doubtNs(), TIMING.doubtNs() + 400 * MS);
    }

    @Test
    void keepGoesOnWithTheLastGoodAndTellsTheCauseAllTheSame() {
        machine = new ReloadMachine(TIMING, OnBad.KEEP, nowNs);
        reads(GOOD, stamp(1));
        passes(MS);
        assertThat(reads(BAD, stamp(2))).isNull();
        passes(TIMING.settleNs());
        assertThat(reads(BAD, stamp(2))).isNull();
        assertThat(machine.badCause()).isEqualTo("bad");
    }

    @Test
    void theOldBytesComeBackAfterAFailure() {
        reads(GOOD, stamp(1));
        passes(MS);
        reads(BAD, stamp(2));
        passes(TIMING.settleNs());
        reads(BAD, stamp(2));
        passes(MS);
        assertThat(reads(new Reading.Same(), stamp(3))).isSameAs(ReloadMachine.RESTORE);
    }

    @Test
    void restsAsLongAsTheLastReadingTook() {
        machine.looked(stamp(1), nowNs);
        machine.read(GOOD, stamp(1), stamp(1), OLD_NS, 900 * MS, nowNs);
        machine.noticed(nowNs + MS);
        assertThat(machine.nextLookNs() - nowNs).isEqualTo(900 * MS);
    }
}
