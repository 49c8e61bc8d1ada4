package org.msgr2.confd.reload;

/** What queries find while the file is bad or missing, once there was a good one. */
public enum OnBad {
    /** An error with the cause, as from the real daemon. */
    ERROR,
    /** What was loaded last; health tells how old it is, and why. */
    KEEP;

    /**
     * @param text "error" or "keep"
     * @throws IllegalArgumentException for any other
     */
    public static OnBad parse(String text) {
        return switch (text) {
            case "error" -> ERROR;
            case "keep" -> KEEP;
            default -> throw new IllegalArgumentException("on-bad is error or keep, not \"" + text + "\"");
        };
    }
}
