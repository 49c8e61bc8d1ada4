package org.msgr2.confd.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request asks about. Which of them a type takes is decided by who answers (spec/confd §2). Immutable. */
public sealed interface Query {

    /** Absent or null. */
    record None() implements Query {}

    /** A string. */
    record Text(String value) implements Query {}

    /**
     * An object; what is absent in it is null or empty.
     *
     * @param link key "0"
     * @param ip key "1"
     * @param ips key "2"
     * @param fields key "3"
     */
    record Fields(@Nullable String link, @Nullable String ip, List<String> ips, List<MasterField> fields)
            implements Query {}

    Query NONE = new None();
}
