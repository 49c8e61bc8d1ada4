package org.msgr2.core.mon;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * The monitors of a cluster (spec/msgr2-observed §12): versioned(9, 6) {@code fsid, u32 epoch, utime last_changed, utime
 * created, features persistent, features optional, map<string, mon_info>, list<string> ranks, u8 min_mon_release, set<u32>
 * removed_ranks, u8 strategy, set<string> disallowed_leaders, bool stretch_mode, string tiebreaker, set<string>
 * stretch_marked_down}. What newer releases append is skipped.
 *
 * @param epoch grows with every change
 * @param monitors in the order of their names
 * @param ranks names in the order of their ranks
 * @param minMonRelease see {@link CephRelease}
 * @param tiebreaker of stretch mode; empty if there is none
 */
public record MonMap(
        UUID fsid,
        long epoch,
        UTime lastChanged,
        UTime created,
        long persistentFeatures,
        long optionalFeatures,
        List<MonInfo> monitors,
        List<String> ranks,
        int minMonRelease,
        Set<Long> removedRanks,
        ElectionStrategy strategy,
        Set<String> disallowedLeaders,
        boolean stretchMode,
        String tiebreaker,
        Set<String> stretchMarkedDown) {
    static final int STRING_BYTES_MAX = 1024;
    static final int ELEMENTS_MAX = 1024;

    private static final int VERSION = 9;
    private static final int COMPAT = 6;

    public MonMap {
        monitors = List.copyOf(monitors);
        ranks = List.copyOf(ranks);
        removedRanks = Set.copyOf(removedRanks);
        disallowedLeaders = Set.copyOf(disallowedLeaders);
        stretchMarkedDown = Set.copyOf(stretchMarkedDown);
    }

    /**
     * Reads the map of a {@link MessageType#MON_MAP} message, whose front is {@code u32 length} and the map.
     *
     * @param message borrowed
     */
    public static MonMap of(Message message, Limits limits) throws ProtocolException {
        if (!message.is(MessageType.MON_MAP)) {
            throw new WireException("expected a mon_map, not " + MessageType.toString(message.type()));
        }
        WireReader front = new WireReader(message.front().duplicate());
        return read(front.slice(front.u32("mon_map length"), "mon_map"), limits.frames());
    }

    /** Reads a map without a length before it, as {@code monmaptool} writes it to a file. */
    public static MonMap read(ByteBuf encoded, Limits limits) throws WireException {
        return read(new WireReader(encoded.duplicate()), limits.frames());
    }

    /** Writes a map without a length before it, in version 9. */
    public void write(WireWriter out) {
        int body = out.beginVersioned(VERSION, COMPAT);
        out.uuid(fsid).u32(epoch);
        lastChanged.write(out);
        created.write(out);
        writeFeatures(out, persistentFeatures);
        writeFeatures(out, optionalFeatures);
        out.u32(monitors.size());
        for (MonInfo monitor : monitors) {
            monitor.write(out.string(monitor.name()));
        }
        writeStrings(out, ranks);
        out.u8(minMonRelease).u32(removedRanks.size());
        removedRanks.forEach(out::u32);
        writeStrings(out.u8(strategy.code()), disallowedLeaders);
        out.bool(stretchMode).string(tiebreaker);
        writeStrings(out, stretchMarkedDown);
        out.endVersioned(body);
    }

    private static void writeFeatures(WireWriter out, long features) {
        int body = out.beginVersioned(1, 1);
        out.u64(features).endVersioned(body);
    }

    private static void writeStrings(WireWriter out, Collection<String> strings) {
        out.u32(strings.size());
        strings.forEach(out::string);
    }

    private static MonMap read(WireReader in, Limits.Frames limits) throws WireException {
        WireReader.Versioned struct = in.versioned(VERSION, "monmap");
        if (struct.version() < 6) {
            throw new WireException("monmap: version " + struct.version() + ", expected at least 6 (nautilus)");
        }
        int version = struct.version();
        WireReader body = struct.body();
        UUID fsid = body.uuid("fsid");
        long epoch = body.u32("epoch");
        UTime lastChanged = UTime.read(body, "last_changed");
        UTime created = UTime.read(body, "created");
        long persistent = body.versioned(1, "persistent features").body().u64("persistent features");
        long optional = body.versioned(1, "optional features").body().u64("optional features");
        Map<String, MonInfo> monitors = readMonitors(body, limits);
        List<String> ranks = readStrings(body, "ranks");
        int release = version >= 7 ? body.u8("min_mon_release") : 0;
        Set<Long> removedRanks = new LinkedHashSet<>();
        if (version >= 8) {
            int count = body.count("removed_ranks", ELEMENTS_MAX, Integer.BYTES);
            for (int i = 0; i < count; i++) {
                removedRanks.add(body.u32("removed_ranks"));
            }
        }
        ElectionStrategy strategy =
                version >= 8 ? ElectionStrategy.fromWire(body.u8("election strategy")) : ElectionStrategy.CLASSIC;
        Set<String> disallowed = version >= 8 ? new LinkedHashSet<>(readStrings(body, "disallowed_leaders")) : Set.of();
        boolean stretch = version >= 9 && body.bool("stretch_mode_enabled");
        String tiebreaker = version >= 9 ? body.string("tiebreaker_mon", STRING_BYTES_MAX) : "";
        Set<String> markedDown =
                version >= 9 ? new LinkedHashSet<>(readStrings(body, "stretch_marked_down_mons")) : Set.of();
        return new MonMap(
                fsid,
                epoch,
                lastChanged,
                created,
                persistent,
                optional,
                List.copyOf(monitors.values()),
                ranks,
                release,
                removedRanks,
                strategy,
                disallowed,
                stretch,
                tiebreaker,
                markedDown);
    }

    private static Map<String, MonInfo> readMonitors(WireReader in, Limits.Frames limits) throws WireException {
        Map<String, MonInfo> monitors = new LinkedHashMap<>();
        int count = in.count("monitors", ELEMENTS_MAX, 10);
        for (int i = 0; i < count; i++) {
            String name = in.string("mon name", STRING_BYTES_MAX);
            monitors.put(name, MonInfo.read(in, limits));
        }
        return monitors;
    }

    private static List<String> readStrings(WireReader in, String field) throws WireException {
        int count = in.count(field, ELEMENTS_MAX, Integer.BYTES);
        List<String> strings = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            strings.add(in.string(field, STRING_BYTES_MAX));
        }
        return strings;
    }

    /** The monitor's rank: its place in {@link #ranks}; -1 if it has none. */
    public int rankOf(String name) {
        return ranks.indexOf(name);
    }
}
