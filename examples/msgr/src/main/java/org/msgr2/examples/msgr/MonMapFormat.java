package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.mon.CephRelease;
import org.msgr2.core.mon.ElectionStrategy;
import org.msgr2.core.mon.MonInfo;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.UTime;

/** A monitor map in the two forms that {@code ceph mon dump} has (observed on 16.2.15). */
final class MonMapFormat {
    /** Monitors' own features by bit. */
    private static final List<String> FEATURES =
            List.of("kraken", "luminous", "mimic", "osdmap-prune", "nautilus", "octopus", "pacific", "elector-pinging");

    /** Microseconds, and the zone as {@code ceph} writes it on a machine in UTC. */
    private static final DateTimeFormatter PLAIN = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSSxx", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter JSON = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSSX", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private MonMapFormat() {}

    static void print(MonMap map, Terminal terminal) {
        terminal.line("epoch " + map.epoch());
        terminal.line("fsid " + map.fsid());
        terminal.line("last_changed " + time(PLAIN, map.lastChanged()));
        terminal.line("created " + time(PLAIN, map.created()));
        terminal.line("min_mon_release " + map.minMonRelease() + " (" + CephRelease.name(map.minMonRelease()) + ")");
        terminal.line("election_strategy: " + map.strategy().code());
        if (map.strategy() != ElectionStrategy.CLASSIC) {
            terminal.line("disallowed_leaders " + join(map.disallowedLeaders()));
        }
        if (map.stretchMode()) {
            terminal.line("stretch_mode_enabled 1");
            terminal.line("tiebreaker_mon " + map.tiebreaker());
        }
        for (MonInfo mon : byRank(map)) {
            String location = mon.crushLocation().isEmpty() ? "" : "; crush_location " + location(mon);
            terminal.line(map.rankOf(mon.name()) + ": " + vector(mon.publicAddrs()) + " mon." + mon.name() + location);
        }
    }

    static ObjectNode json(MonMap map) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("epoch", map.epoch());
        root.put("fsid", map.fsid().toString());
        root.put("modified", time(JSON, map.lastChanged()));
        root.put("created", time(JSON, map.created()));
        root.put("min_mon_release", map.minMonRelease());
        root.put("min_mon_release_name", CephRelease.name(map.minMonRelease()));
        root.put("election_strategy", map.strategy().code());
        // Two of ceph's names end in a colon and a space.
        root.put("disallowed_leaders: ", join(map.disallowedLeaders()));
        root.put("stretch_mode", map.stretchMode());
        root.put("tiebreaker_mon", map.tiebreaker());
        root.put("removed_ranks: ", join(map.removedRanks()));
        ObjectNode features = root.putObject("features");
        features(features.putArray("persistent"), map.persistentFeatures());
        features(features.putArray("optional"), map.optionalFeatures());
        ArrayNode mons = root.putArray("mons");
        for (MonInfo mon : byRank(map)) {
            ObjectNode entry = mons.addObject();
            entry.put("rank", map.rankOf(mon.name()));
            entry.put("name", mon.name());
            ArrayNode vector = entry.putObject("public_addrs").putArray("addrvec");
            for (EntityAddr addr : mon.publicAddrs().addrs()) {
                vector.addObject()
                        .put("type", addr.type().toString())
                        .put("addr", endpoint(addr))
                        .put("nonce", Integer.toUnsignedLong(addr.nonce()));
            }
            String legacy = legacyOrFirst(mon.publicAddrs());
            entry.put("addr", legacy).put("public_addr", legacy);
            entry.put("priority", mon.priority()).put("weight", mon.weight());
            entry.put("crush_location", location(mon));
        }
        return root;
    }

    private static void features(ArrayNode into, long bits) {
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int bit = Long.numberOfTrailingZeros(rest);
            into.add(bit < FEATURES.size() ? FEATURES.get(bit) : "bit " + bit);
        }
    }

    private static List<MonInfo> byRank(MonMap map) {
        List<MonInfo> sorted = new ArrayList<>(map.monitors());
        sorted.sort(Comparator.comparingInt(mon -> map.rankOf(mon.name())));
        return sorted;
    }

    private static String time(DateTimeFormatter format, UTime time) {
        return format.format(time.toInstant());
    }

    private static String join(Iterable<?> values) {
        TreeSet<String> sorted = new TreeSet<>();
        values.forEach(value -> sorted.add(String.valueOf(value)));
        return String.join(",", sorted);
    }

    private static String location(MonInfo mon) {
        return new TreeMap<>(mon.crushLocation())
                .entrySet().stream()
                        .map(level -> level.getKey() + "=" + level.getValue())
                        .collect(Collectors.joining(",", "{", "}"));
    }

    /** With brackets even around a single address, as ceph prints it. */
    private static String vector(EntityAddrVec addrs) {
        return addrs.addrs().stream().map(EntityAddr::toString).collect(Collectors.joining(",", "[", "]"));
    }

    /** {@code 10.0.0.1:3300}. */
    private static String endpoint(EntityAddr addr) {
        String text = addr.toString();
        int slash = text.lastIndexOf('/');
        return text.substring(text.indexOf(':') + 1, slash < 0 ? text.length() : slash);
    }

    /** What clients from before msgr2 would dial: {@code 10.0.0.1:6789/0}. */
    private static String legacyOrFirst(EntityAddrVec addrs) {
        EntityAddr legacy = addrs.addrs().stream()
                .filter(addr -> addr.type() == EntityAddr.Type.LEGACY)
                .findFirst()
                .orElse(addrs.first());
        return endpoint(legacy) + "/" + Integer.toUnsignedString(legacy.nonce());
    }
}
