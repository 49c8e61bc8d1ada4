package org.msgr2.core.frame;

import org.jspecify.annotations.Nullable;

/** The frame types (spec/msgr2 §2.1). There is no tag for closing a connection. */
public enum Tag {
    HELLO(1),
    AUTH_REQUEST(2),
    AUTH_BAD_METHOD(3),
    AUTH_REPLY_MORE(4),
    AUTH_REQUEST_MORE(5),
    AUTH_DONE(6),
    AUTH_SIGNATURE(7),
    CLIENT_IDENT(8),
    SERVER_IDENT(9),
    IDENT_MISSING_FEATURES(10),
    SESSION_RECONNECT(11),
    SESSION_RESET(12),
    SESSION_RETRY(13),
    SESSION_RETRY_GLOBAL(14),
    SESSION_RECONNECT_OK(15),
    WAIT(16),
    MESSAGE(17),
    KEEPALIVE2(18),
    KEEPALIVE2_ACK(19),
    ACK(20),
    /** Since 17.2, and only if both banners offer compression. */
    COMPRESSION_REQUEST(21),
    /** Since 17.2. */
    COMPRESSION_DONE(22);

    private static final Tag[] VALUES = values();

    private final int code;

    Tag(int code) {
        this.code = code;
    }

    /** The first byte of the preamble. */
    public int code() {
        return code;
    }

    /** The tag with that code; null when there is none, which is a fault (F26). */
    public static @Nullable Tag ofCode(int code) {
        return code >= 1 && code <= VALUES.length ? VALUES[code - 1] : null;
    }

    /** Only MESSAGE has more than one segment, and is subject to throttles. */
    public boolean isControl() {
        return this != MESSAGE;
    }
}
