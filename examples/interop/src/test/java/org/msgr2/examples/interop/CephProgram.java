package org.msgr2.examples.interop;

/** The real programs that the harness starts, with the Debian package that brings each. */
public enum CephProgram {
    /** The monitor. */
    MON("ceph-mon", "ceph-mon"),
    /** Writes the first monitor map. */
    MONMAPTOOL("monmaptool", "ceph-base"),
    /** The administrator's command line. */
    CEPH("ceph", "ceph-common"),
    /** The object store daemon. */
    OSD("ceph-osd", "ceph-osd"),
    /** The manager. */
    MGR("ceph-mgr", "ceph-mgr"),
    /** The metadata server. */
    MDS("ceph-mds", "ceph-mds"),
    /** Makes and lists keyrings. */
    AUTHTOOL("ceph-authtool", "ceph-common"),
    /** The object client. */
    RADOS("rados", "ceph-common");

    private final String command;
    private final String debianPackage;

    CephProgram(String command, String debianPackage) {
        this.command = command;
        this.debianPackage = debianPackage;
    }

    /** The name of the executable. */
    public String command() {
        return command;
    }

    /** The Debian package that installs it. */
    public String debianPackage() {
        return debianPackage;
    }
}
