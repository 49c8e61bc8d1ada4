package org.msgr2.confd.luxi.field;

/** What a value in an answer is worth (spec/confd §7). */
public enum ResultStatus {
    NORMAL(0),
    /** There is no such field. */
    UNKNOWN(1),
    /** It was not to be had, as everything that a node itself would have to be asked. */
    NO_DATA(2),
    /** It does not apply to this object. */
    UNAVAILABLE(3),
    /** The node that would have to be asked is offline. */
    OFFLINE(4);

    private final int code;

    ResultStatus(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
