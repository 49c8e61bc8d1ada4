package org.msgr2.crypto.auth;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Authentication methods (spec/msgr2 §3.3). */
public enum AuthMethod {
    /** Any number that we have no name for. */
    UNKNOWN(0),
    NONE(1),
    CEPHX(2),
    GSS(4);

    private final int code;

    AuthMethod(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static AuthMethod ofCode(int code) {
        for (AuthMethod method : values()) {
            if (method.code == code) {
                return method;
            }
        }
        return UNKNOWN;
    }

    /** For messages: {@code [cephx, method 9]}. */
    public static String toString(List<Integer> codes) {
        return codes.stream()
                .map(code -> ofCode(code) == UNKNOWN
                        ? "method " + code
                        : ofCode(code).toString())
                .collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
