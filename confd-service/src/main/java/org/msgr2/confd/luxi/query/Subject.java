package org.msgr2.confd.luxi.query;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What queries can be about. The first four have been served from the beginning, the others are known (spec/confd §7). */
enum Subject {
    NODE,
    GROUP,
    NETWORK,
    JOB,
    INSTANCE,
    LOCK,
    EXPORT,
    FILTER,
    CLUSTER,
    OS;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static @Nullable Subject fromWire(String name) {
        for (Subject subject : values()) {
            if (subject.wireName().equals(name)) {
                return subject;
            }
        }
        return null;
    }
}
