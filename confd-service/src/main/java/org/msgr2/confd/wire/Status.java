package org.msgr2.confd.wire;

import org.jspecify.annotations.Nullable;

/** How a question was answered (spec/confd §1.3). */
public enum Status {
    OK(0),
    ERROR(1),
    /** Defined, and sent by no known server. */
    NOT_IMPLEMENTED(2);

    private static final Status[] BY_CODE = values();

    private final int code;

    Status(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The status of a code, or null if there is none. */
    public static @Nullable Status fromWire(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
