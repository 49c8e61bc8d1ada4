package org.msgr2.confd.wire;

/** Errors that have a number; the others are told in words (spec/confd §1.3). */
public enum ErrorCode {
    UNKNOWN_ENTRY(0, 1),
    INTERNAL(1, 2),
    ARGUMENT(2, 3);

    private final int later;
    private final int earlier;

    ErrorCode(int later, int earlier) {
        this.later = later;
        this.earlier = earlier;
    }

    /** The number: from 0 in the later era, from 1 in the earlier one. */
    public int code(Era era) {
        return era == Era.V3_0 ? later : earlier;
    }
}
