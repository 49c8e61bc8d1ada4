package org.msgr2.core.message;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Message types by name (spec/msgr2 §7.6): Ceph's own of the pacific era, and ours. On the wire a type is a u16, and any
 * number may be used between peers that agree on it: hence {@link #toString(int)} knows what to print for each.
 */
public enum MessageType {
    SHUTDOWN(1),
    PING(2),
    MON_MAP(4),
    MON_GET_MAP(5),
    MON_GET_OSDMAP(6),
    MON_METADATA(7),
    STATFS(13),
    STATFS_REPLY(14),
    MON_SUBSCRIBE(15),
    MON_SUBSCRIBE_ACK(16),
    AUTH(17),
    AUTH_REPLY(18),
    MON_GET_VERSION(19),
    MON_GET_VERSION_REPLY(20),
    MDS_MAP(21),
    CLIENT_SESSION(22),
    CLIENT_RECONNECT(23),
    CLIENT_REQUEST(24),
    CLIENT_REQUEST_FORWARD(25),
    CLIENT_REPLY(26),
    CLIENT_RECLAIM(27),
    CLIENT_RECLAIM_REPLY(28),
    CLIENT_METRICS(29),
    PAXOS(40),
    OSD_MAP(41),
    OSD_OP(42),
    OSD_OP_REPLY(43),
    WATCH_NOTIFY(44),
    FS_MAP(45),
    FORWARD(46),
    ROUTE(47),
    POOLOP_REPLY(48),
    POOLOP(49),
    MON_COMMAND(50),
    MON_COMMAND_ACK(51),
    LOG(52),
    LOG_ACK(53),
    KV_DATA(54),
    GETPOOLSTATS(58),
    GETPOOLSTATS_REPLY(59),
    MON_GLOBAL_ID(60),
    OSD_BACKOFF(61),
    CONFIG(62),
    GET_CONFIG(63),
    MON_SCRUB(64),
    MON_ELECTION(65),
    MON_PAXOS(66),
    MON_PROBE(67),
    MON_JOIN(68),
    MON_SYNC(69),
    OSD_PING(70),
    OSD_BOOT(71),
    OSD_FAILURE(72),
    OSD_ALIVE(73),
    OSD_MARK_ME_DOWN(74),
    OSD_FULL(75),
    MON_GET_PURGED_SNAPS(76),
    MON_GET_PURGED_SNAPS_REPLY(77),
    OSD_PGTEMP(78),
    OSD_BEACON(79),
    PG_NOTIFY(80),
    PG_QUERY(81),
    PG_LOG(83),
    PG_REMOVE(84),
    PG_INFO(85),
    PG_TRIM(86),
    PGSTATS(87),
    PGSTATS_ACK(88),
    PG_CREATE(89),
    REMOVE_SNAPS(90),
    SCRUB(91),
    SCRUB_RESERVE(92),
    REP_SCRUB(93),
    PG_SCAN(94),
    PG_BACKFILL(95),
    PG_BACKFILL_REMOVE(96),
    COMMAND(97),
    COMMAND_REPLY(98),
    BACKFILL_RESERVE(99),
    MDS_BEACON(100),
    MDS_PEER_REQUEST(101),
    MDS_TABLE_REQUEST(102),
    FS_MAP_USER(103),
    PG_PUSH(105),
    PG_PULL(106),
    PG_PUSH_REPLY(107),
    EC_WRITE(108),
    EC_WRITE_REPLY(109),
    EC_READ(110),
    EC_READ_REPLY(111),
    REPOP(112),
    REPOP_REPLY(113),
    PG_UPDATE_LOG_MISSING(114),
    PG_UPDATE_LOG_MISSING_REPLY(115),
    PG_CREATED(116),
    REP_SCRUBMAP(117),
    PG_RECOVERY_DELETE(118),
    PG_RECOVERY_DELETE_REPLY(119),
    PG_CREATE2(120),
    SCRUB2(121),
    PG_READY_TO_MERGE(122),
    OSD_MARK_ME_DEAD(123),
    PG_NOTIFY2(130),
    PG_QUERY2(131),
    PG_INFO2(132),
    PG_LEASE(133),
    PG_LEASE_ACK(134),
    RECOVERY_RESERVE(150),
    FORCE_RECOVERY(151),
    MDS_LOCK(0x300),
    MDS_INODE_FILE_CAPS(0x301),
    MDS_METRICS(0x302),
    CLIENT_CAPS(0x310),
    CLIENT_LEASE(0x311),
    CLIENT_SNAP(0x312),
    CLIENT_CAP_RELEASE(0x313),
    CLIENT_QUOTA(0x314),
    MDS_HEARTBEAT(0x500),
    TIMECHECK(0x600),
    MON_HEALTH(0x601),
    NOP(0x607),
    MON_HEALTH_CHECKS(0x608),
    TIMECHECK2(0x609),
    MGR_OPEN(0x700),
    MGR_CONFIGURE(0x701),
    MGR_REPORT(0x702),
    MGR_BEACON(0x703),
    MGR_MAP(0x704),
    MGR_DIGEST(0x705),
    MON_MGR_REPORT(0x706),
    SERVICE_MAP(0x707),
    MGR_CLOSE(0x708),
    MGR_COMMAND(0x709),
    MGR_COMMAND_REPLY(0x70a),
    /** Ours: the shared request/reply type on which services are called by name. */
    SERVICE_CALL(0x7c00),
    /** Ours: answered by {@link #ECHO_REPLY} with the same tid and payload. */
    ECHO(0x7c01),
    /** Ours. */
    ECHO_REPLY(0x7c02);

    private static final Map<Integer, MessageType> BY_CODE = new HashMap<>();

    static {
        for (MessageType type : values()) {
            BY_CODE.put(type.code, type);
        }
    }

    private final int code;

    MessageType(int code) {
        this.code = code;
    }

    /** The u16 on the wire. */
    public int code() {
        return code;
    }

    /** The type with that code; null when it has no name here. */
    public static @Nullable MessageType ofCode(int code) {
        return BY_CODE.get(code);
    }

    /** {@code mon_map (4)}, or {@code type 31744} for one that has no name here. */
    public static String toString(int code) {
        MessageType type = ofCode(code);
        return type == null ? "type " + code : type.name().toLowerCase(Locale.ROOT) + " (" + code + ")";
    }
}
