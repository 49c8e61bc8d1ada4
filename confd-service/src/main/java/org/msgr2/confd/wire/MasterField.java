package org.msgr2.confd.wire;

import org.jspecify.annotations.Nullable;

/** What can be asked about the master: an integer on the wire, up to 2.9 a string with its digit (spec/confd §2, type 3). */
public enum MasterField {
    NAME(0),
    CLUSTER_IP(1),
    NODE_PRIMARY_IP(2);

    private static final MasterField[] BY_CODE = values();

    private final int code;

    MasterField(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The field of a code, or null if there is none. */
    public static @Nullable MasterField fromWire(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
