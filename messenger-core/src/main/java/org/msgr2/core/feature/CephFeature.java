package org.msgr2.core.feature;

/**
 * The CEPH_FEATURE flags by name (spec/msgr2 §1.1, §7.7).
 *
 * <p>Bits were recycled: a feature of the second incarnation is its bit together with bit 57 (SERVER_JEWEL), one of the
 * third with bits 57 and 28 (SERVER_MIMIC). So a feature is present only if <em>all</em> bits of its {@link #mask} are.
 * Names that share a bit and an incarnation are listed once, under the first.
 */
public enum CephFeature {
    UID(0),
    NOSRCADDR(1),
    SERVER_NAUTILUS(2, 3),
    FLOCK(3),
    SUBSCRIBE2(4),
    MONNAMES(5),
    RECONNECT_SEQ(6),
    DIRLAYOUTHASH(7),
    OBJECTLOCATOR(8),
    PGID64(9),
    INCSUBOSDMAP(10),
    PGPOOL3(11),
    OSDREPLYMUX(12),
    OSDENC(13),
    SERVER_KRAKEN(14, 2),
    MONENC(15),
    SERVER_OCTOPUS(16, 3),
    OS_PERF_STAT_NS(17, 3),
    CRUSH_TUNABLES(18),
    OSD_PGLOG_HARDLIMIT(19, 2),
    SERVER_PACIFIC(20, 3),
    SERVER_LUMINOUS(21, 2),
    OSD_FIXED_COLLECTION_LIST(22, 2),
    MSG_AUTH(23),
    RECOVERY_RESERVATION_2(24, 2),
    CRUSH_TUNABLES2(25),
    CREATEPOOLID(26),
    REPLY_CREATE_INODE(27),
    SERVER_MIMIC(28, 2),
    MDSENC(29),
    OSDHASHPSPOOL(30),
    /** Octopus and pacific advertise this bit for something older: combine with SERVER_QUINCY. */
    SERVER_REEF(31, 3),
    STRETCH_MODE(32, 3),
    SERVER_QUINCY(33, 3),
    RANGE_BLOCKLIST(34, 3),
    OSD_CACHEPOOL(35),
    CRUSH_V2(36),
    EXPORT_PEER(37),
    CRUSH_MSR(38, 2),
    OSDMAP_ENC(39),
    MDS_INLINE_DATA(40),
    /** Also OSD_PRIMARY_AFFINITY. */
    CRUSH_TUNABLES3(41),
    MSGR_KEEPALIVE2(42),
    OSD_POOLRESEND(43),
    NVMEOFHA(44, 2),
    NVMEOFHAMAP(45, 2),
    OSD_FADVISE_FLAGS(46),
    MDS_QUOTA(47),
    CRUSH_V4(48),
    SERVER_SQUID(49, 2),
    SERVER_TENTACLE(50, 2),
    NEW_OSDOP_ENCODING(56),
    /** Also MON_STATEFUL_SUB. */
    SERVER_JEWEL(57),
    /** Also NEW_OSDOPREPLY_ENCODING and FS_FILE_LAYOUT_V2. */
    CRUSH_TUNABLES5(58),
    /** Also FS_BTIME and FS_CHANGE_ATTR. Every msgr2 peer has it. */
    MSG_ADDR2(59),
    OSD_RECOVERY_DELETES(60),
    CEPHX_V2(61);

    private final int bit;
    private final long mask;

    CephFeature(int bit) {
        this(bit, 1);
    }

    CephFeature(int bit, int incarnation) {
        this.bit = bit;
        this.mask = 1L << bit | (incarnation >= 2 ? 1L << 57 : 0) | (incarnation >= 3 ? 1L << 28 : 0);
    }

    /** The bit that tells it from the others of its incarnation: 0 to 63. */
    public int bit() {
        return bit;
    }

    /** All bits that must be set. */
    public long mask() {
        return mask;
    }
}
