package org.msgr2.confd.luxi.field;

/** What a field's values are, for clients that format them. */
public enum FieldKind {
    TEXT("text"),
    BOOL("bool"),
    NUMBER("number"),
    FLOAT("float"),
    /** Mebibytes. */
    UNIT("unit"),
    /** Seconds since 1970. */
    TIMESTAMP("timestamp"),
    OTHER("other"),
    UNKNOWN("unknown");

    private final String wireName;

    FieldKind(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
