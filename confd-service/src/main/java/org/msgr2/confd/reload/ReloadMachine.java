package org.msgr2.confd.reload;

import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ConfigState;

/**
 * Decides when the file is looked at, when it is read, and what queries are to find (spec/confd §5). Knows no file and no
 * clock: times come with every input, from one monotonic clock in nanoseconds.
 *
 * <p>The driver waits until {@link #nextLookNs}, tells the stamp to {@link #looked}, reads if that says so, and hands the
 * result to {@link #read}. Not thread-safe.
 */
final class ReloadMachine {
    private final ReloadTiming timing;
    private final OnBad onBad;
    private boolean watched;
    private long nextLookNs;
    /** No earlier look than this: as much time passes between two readings as the last one took. */
    private long restUntilNs;

    private @Nullable FileStamp known;
    /** Whether a further write could have left the stamp that is known. */
    private boolean mayHide;

    private boolean good;
    private @Nullable String badCause;
    private long badSinceNs;
    private long badStampSinceNs;
    private boolean badBelieved;

    ReloadMachine(ReloadTiming timing, OnBad onBad, long nowNs) {
        this.timing = timing;
        this.onBad = onBad;
        nextLookNs = nowNs;
        restUntilNs = nowNs;
    }

    /** When to look next, unless {@link #noticed} comes first. */
    long nextLookNs() {
        return nextLookNs;
    }

    /** The directory can or cannot be watched from now on. */
    void watched(boolean works) {
        watched = works;
    }

    /** Something happened to the file. */
    void noticed(long nowNs) {
        nextLookNs = earliest(nowNs);
    }

    private long earliest(long ns) {
        return ns - restUntilNs < 0 ? restUntilNs : ns;
    }

    /**
     * The driver has looked.
     *
     * @return whether to read the file now
     */
    boolean looked(FileStamp stamp, long nowNs) {
        if (!stamp.equals(known)) {
            badStampSinceNs = nowNs;
            return true;
        }
        if (mayHide || isDoubtful()) {
            return true;
        }
        lookAgain(nowNs, watched ? timing.watchedPollNs() : timing.pollNs());
        return false;
    }

    private boolean isDoubtful() {
        return badCause != null && !badBelieved;
    }

    private void lookAgain(long nowNs, long afterNs) {
        nextLookNs = earliest(nowNs + afterNs);
    }

    /**
     * The driver has read.
     *
     * @param before the stamp that was told to {@link #looked}
     * @param after the stamp when reading had ended
     * @param ageNs how long before the reading began the file was modified, by the wall clock
     * @param tookNs how long reading took
     * @return what queries are to find from now on; null if that stays as it is
     */
    @Nullable ConfigState read(Reading reading, FileStamp before, FileStamp after, long ageNs, long tookNs, long nowNs) {
        restUntilNs = nowNs + tookNs;
        known = before;
        mayHide = !before.equals(FileStamp.MISSING) && ageNs < timing.clockStepNs();
        if (!before.equals(after)) {
            // Whatever was read is neither the one nor the other. A good one, though, was a whole file for a moment.
            known = null;
        }
        ConfigState state = reading instanceof Reading.Bad bad ? bad(bad.cause(), nowNs) : goodAgain(reading);
        lookAgain(nowNs, soon());
        return state;
    }

    private long soon() {
        if (known == null) {
            return 0;
        }
        if (mayHide) {
            return timing.clockStepNs();
        }
        if (isDoubtful()) {
            return timing.settleNs();
        }
        return watched ? timing.watchedPollNs() : timing.pollNs();
    }

    private @Nullable ConfigState goodAgain(Reading reading) {
        boolean wasAnswered = badCause == null || !badBelieved || onBad == OnBad.KEEP;
        badCause = null;
        badBelieved = false;
        good = true;
        if (reading instanceof Reading.Good fresh) {
            return new ConfigState.Loaded(fresh.config());
        }
        // The same bytes as before the failure: the driver still has the snapshot.
        return wasAnswered ? null : RESTORE;
    }

    /** Stands for the last good state, which the driver keeps. */
    static final ConfigState RESTORE = new ConfigState.Unavailable("the last good configuration");

    private @Nullable ConfigState bad(String cause, long nowNs) {
        if (badCause == null) {
            badSinceNs = nowNs;
            badStampSinceNs = nowNs;
        }
        boolean told = badBelieved && cause.equals(badCause);
        badCause = cause;
        boolean stable = known != null && nowNs - badStampSinceNs >= timing.settleNs();
        if (!badBelieved && good && !stable && nowNs - badSinceNs < timing.doubtNs()) {
            return null;
        }
        badBelieved = true;
        return told || (good && onBad == OnBad.KEEP) ? null : new ConfigState.Unavailable(cause);
    }

    /** Why the file is bad, if it is believed to be; null if it is good or may become so. */
    @Nullable String badCause() {
        return badBelieved ? badCause : null;
    }
}
