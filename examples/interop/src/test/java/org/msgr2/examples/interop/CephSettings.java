package org.msgr2.examples.interop;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a throw-away cluster should be like. Immutable; begin with {@link #defaults()} and change what the test is
 * about.
 *
 * @param auth how peers authenticate, the same towards monitors and all other daemons
 * @param modes the connection modes that every daemon and the {@code ceph} command offer, the preferred one first
 * @param msgr1 whether daemons listen on msgr1 too
 * @param monitors how many monitors, 1 to 3; they form a quorum before the cluster counts as up
 * @param osds how many OSDs, 0 to 3, each with its store in memory; pools have one replica
 * @param mgr whether a manager runs; nothing but its own traffic needs one, and it is three quarters of the memory
 * @param mds whether a metadata server and a file system named {@code cephfs} exist; needs an OSD
 * @param extraConf lines at the end of the configuration file, in {@code [global]} until one of them opens another
 *     section
 */
public record CephSettings(
        Auth auth,
        List<Mode> modes,
        boolean msgr1,
        int monitors,
        int osds,
        boolean mgr,
        boolean mds,
        List<String> extraConf) {

    /** How peers authenticate. */
    public enum Auth {
        /** Not at all. Such a session has no key, so only {@link Mode#CRC} works. */
        NONE,
        /** With cephx tickets. */
        CEPHX;

        String confValue() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How frames are protected once a connection is authenticated. */
    public enum Mode {
        /** Checksums only. */
        CRC,
        /** Encrypted and authenticated. */
        SECURE;

        String confValue() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Copies the lists and checks the numbers. */
    public CephSettings {
        modes = List.copyOf(modes);
        extraConf = List.copyOf(extraConf);
        if (modes.isEmpty()) {
            throw new IllegalArgumentException("modes: at least one is needed");
        }
        if (monitors < 1 || monitors > 3) {
            throw new IllegalArgumentException("monitors: " + monitors + " is not in 1..3");
        }
        if (osds < 0 || osds > 3) {
            throw new IllegalArgumentException("osds: " + osds + " is not in 0..3");
        }
        if (mds && osds == 0) {
            throw new IllegalArgumentException("mds: its file system needs an OSD");
        }
    }

    /** One monitor and nothing else, cephx, crc preferred and secure allowed, msgr2 only. */
    public static CephSettings defaults() {
        return new CephSettings(Auth.CEPHX, List.of(Mode.CRC, Mode.SECURE), false, 1, 0, false, false, List.of());
    }

    /** The same with this authentication. */
    public CephSettings withAuth(Auth auth) {
        return new CephSettings(auth, modes, msgr1, monitors, osds, mgr, mds, extraConf);
    }

    /** The same with these connection modes, the preferred one first. */
    public CephSettings withModes(Mode... modes) {
        return new CephSettings(auth, List.of(modes), msgr1, monitors, osds, mgr, mds, extraConf);
    }

    /** The same with msgr1 on or off. */
    public CephSettings withMsgr1(boolean msgr1) {
        return new CephSettings(auth, modes, msgr1, monitors, osds, mgr, mds, extraConf);
    }

    /** The same with this many monitors. */
    public CephSettings withMonitors(int monitors) {
        return new CephSettings(auth, modes, msgr1, monitors, osds, mgr, mds, extraConf);
    }

    /** The same with this many OSDs. */
    public CephSettings withOsds(int osds) {
        return new CephSettings(auth, modes, msgr1, monitors, osds, mgr, mds, extraConf);
    }

    /** The same with or without a manager. */
    public CephSettings withMgr(boolean mgr) {
        return new CephSettings(auth, modes, msgr1, monitors, osds, mgr, mds, extraConf);
    }

    /** The same with or without a metadata server and its file system. */
    public CephSettings withMds(boolean mds) {
        return new CephSettings(auth, modes, msgr1, monitors, osds, mgr, mds, extraConf);
    }

    /** The same with these lines after any that were added before. */
    public CephSettings withExtraConf(String... lines) {
        List<String> all = Stream.concat(extraConf.stream(), Stream.of(lines)).toList();
        return new CephSettings(auth, modes, msgr1, monitors, osds, mgr, mds, all);
    }

    /** The modes as the configuration file spells them. */
    String modesConfValue() {
        return modes.stream().map(Mode::confValue).collect(Collectors.joining(" "));
    }

    /** The daemons and their protocol settings in a few words. */
    String summary() {
        return "mon=%d osd=%d mgr=%d mds=%d, auth %s, modes %s, msgr1 %s"
                .formatted(
                        monitors,
                        osds,
                        mgr ? 1 : 0,
                        mds ? 1 : 0,
                        auth.confValue(),
                        modesConfValue(),
                        msgr1 ? "on" : "off");
    }
}
