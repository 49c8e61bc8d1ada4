package org.msgr2.confd.reload;

import java.time.Duration;

/**
 * When to look, in nanoseconds.
 *
 * @param pollNs between two looks while the directory cannot be watched
 * @param watchedPollNs between two looks while it is: a safety net for file systems that do not report everything
 * @param settleNs how long a bad or missing file has to stay the same before it is believed: it may be half-written
 * @param doubtNs the longest that bad content which keeps changing is not believed
 * @param clockStepNs how far apart two writes may be with one and the same time stamp: the kernel's clock for files ticks this
 *     slowly at most. A file read sooner after its modification is read once more
 */
public record ReloadTiming(long pollNs, long watchedPollNs, long settleNs, long doubtNs, long clockStepNs) {
    public static final ReloadTiming DEFAULTS = new ReloadTiming(
            Duration.ofMillis(250).toNanos(),
            Duration.ofSeconds(1).toNanos(),
            Duration.ofMillis(250).toNanos(),
            Duration.ofSeconds(2).toNanos(),
            Duration.ofMillis(20).toNanos());
}
