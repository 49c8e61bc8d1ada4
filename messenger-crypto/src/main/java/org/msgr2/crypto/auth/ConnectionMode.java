package org.msgr2.crypto.auth;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How frames are protected once both ends are authenticated (spec/msgr2 §3.3). */
public enum ConnectionMode {
    /** Any number that we have no name for. */
    UNKNOWN(0),
    /** Checksums against accidents; nothing against an attacker. */
    CRC(1),
    /** Encrypted and authenticated. */
    SECURE(2);

    private final int code;

    ConnectionMode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static ConnectionMode ofCode(int code) {
        for (ConnectionMode mode : values()) {
            if (mode.code == code) {
                return mode;
            }
        }
        return UNKNOWN;
    }

    /** For messages: {@code [secure, crc]}. */
    public static String toString(List<Integer> codes) {
        return codes.stream()
                .map(code ->
                        ofCode(code) == UNKNOWN ? "mode " + code : ofCode(code).toString())
                .collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
