package org.msgr2.confd.luxi.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster's answer about itself says of the program that gives it.
 *
 * @param version of Ganeti; null says the one that the configuration's format belongs to
 * @param build a line for people
 * @param architecture the machine's word size and name, as Python's platform module says them
 */
public record Software(@Nullable String version, String build, List<String> architecture) {
    static final int OS_API_VERSION = 20;
    static final int EXPORT_VERSION = 0;

    public static final Software DEFAULT = new Software(null, "msgr2", List.of("64bits", "x86_64"));

    /** 3000002 is 3.0.2. */
    String version(int configVersion) {
        return version != null
                ? version
                : configVersion / 1_000_000 + "." + configVersion / 10_000 % 100 + "." + configVersion % 10_000;
    }
}
