package org.msgr2.session;

/**
 * What all connections of a policy together may have received and not released yet (spec/msgr2 §6, §7.3): a bound on messages
 * that the application keeps beyond its callbacks. Beyond it their reading stops, until a message is released. Policies that
 * name the same throttle share it; each messenger keeps an account of its own. Immutable.
 *
 * @param name for stats and messages: in a messenger one name has one pair of bounds
 * @param messagesMax 0 for any number
 * @param bytesMax of front, middle and data; 0 for any number. A message that is larger is admitted while the throttle is not
 *     overdrawn
 */
public record PolicyThrottle(String name, int messagesMax, long bytesMax) {

    /** What is taken at one moment: messages received, or about to be, and not released yet, and their bytes. */
    public record Taken(long messages, long bytes) {}

    public PolicyThrottle {
        if (messagesMax < 0 || bytesMax < 0) {
            throw new IllegalArgumentException(
                    "throttle " + name + ": bounds must not be negative: " + messagesMax + ", " + bytesMax);
        }
    }
}
