package org.msgr2.core.mon;

import java.util.Locale;

/** Ceph's releases by number, for what maps require. */
public final class CephRelease {
    /** Index is the number: argonaut was the first. */
    private static final String[] NAMES = {
        "unknown",
        "argonaut",
        "bobtail",
        "cuttlefish",
        "dumpling",
        "emperor",
        "firefly",
        "giant",
        "hammer",
        "infernalis",
        "jewel",
        "kraken",
        "luminous",
        "mimic",
        "nautilus",
        "octopus",
        "pacific",
        "quincy",
        "reef",
        "squid",
        "tentacle"
    };

    private CephRelease() {}

    /** {@code pacific} for 16; {@code release 99} for a number without a name here. */
    public static String name(int number) {
        return number >= 0 && number < NAMES.length ? NAMES[number] : String.format(Locale.ROOT, "release %d", number);
    }
}
