package org.msgr2.core.message;

/** Message priorities by name (spec/msgr2 §7.4); any other u16 is a priority too. */
public final class Priority {
    public static final int LOW = 64;
    public static final int DEFAULT = 127;
    public static final int HIGH = 196;
    public static final int HIGHEST = 255;

    private Priority() {}

    /** {@code high (196)}, or the number alone. */
    public static String toString(int priority) {
        return switch (priority) {
            case LOW -> "low (64)";
            case DEFAULT -> "default (127)";
            case HIGH -> "high (196)";
            case HIGHEST -> "highest (255)";
            default -> Integer.toString(priority);
        };
    }
}
