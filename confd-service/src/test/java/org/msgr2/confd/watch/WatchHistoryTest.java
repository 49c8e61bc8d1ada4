package org.msgr2.confd.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigException;
import org.msgr2.confd.config.ConfigPath;

class WatchHistoryTest {
    private static final ConfigPath NODES = new ConfigPath(List.of("nodes"));
    private static final ConfigPath IP = new ConfigPath(List.of("cluster", "master_ip"));

    private final WatchHistory history = new WatchHistory(WatchLimits.DEFAULTS);

    private static ClusterConfig config(long serial, String masterIp, String nodes) {
        String json = "{\"version\": 1, \"serial_no\": " + serial
                + ", \"cluster\": {\"master_node\": \"a\", \"master_ip\": \"" + masterIp
                + "\"}, \"instances\": {}, \"nodes\": {" + nodes + "}}";
        try {
            return ClusterConfig.parse(json.getBytes(UTF_8));
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ClusterConfig ip(long serial, String masterIp) {
        return config(serial, masterIp, "");
    }

    private static String told(WatchEvent event) {
        StringBuilder text = new StringBuilder(event.kind().name());
        for (Change change : event.changes()) {
            text.append(' ')
                    .append(change.path())
                    .append('=')
                    .append(
                            change.after() == null
                                    ? "-"
                                    : new String(change.after().toBytes(), UTF_8));
        }
        return text.toString();
    }

    private List<String> watch(ConfigPath path, Revision since) {
        return history.watch(path, since).stream().map(WatchHistoryTest::told).toList();
    }

    private Revision revisionOf(ConfigPath path) {
        Revision revision = history.watch(path, null).get(0).revision();
        history.unwatch(path);
        return revision;
    }

    @Test
    void aNewWatcherIsToldEverything() {
        history.advance(config(1, "i", "\"b\": {\"x\": 1}, \"a\": {}"));
        assertThat(watch(NODES, null)).containsExactly("SNAPSHOT /nodes/a={} /nodes/b={\"x\": 1}");
        assertThat(watch(IP, null)).containsExactly("SNAPSHOT /cluster/master_ip=\"i\"");
        assertThat(watch(new ConfigPath(List.of("gone")), null)).containsExactly("SNAPSHOT");
        assertThat(watch(new ConfigPath(List.of()), null).get(0)).contains("/nodes/a={}", "/version=1", "/serial_no=1");
    }

    @Test
    void beforeTheFirstSnapshotNobodyCanWatch() {
        assertThat(history.watch(IP, null)).isNull();
    }

    @Test
    void eachChangeBelowThePathIsToldOnce() {
        history.advance(config(1, "i", "\"a\": {\"x\": 1}, \"b\": {}, \"c\": {}"));
        watch(NODES, null);
        List<WatchHistory.PathEvent> events =
                history.advance(config(2, "j", "\"d\": {}, \"a\": {\"x\": 2}, \"c\": {}"));
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.path()).isEqualTo(NODES);
            assertThat(told(event.event())).isEqualTo("CHANGED /nodes/a={\"x\": 2} /nodes/d={} /nodes/b=-");
            assertThat(event.event().revision().serialNo()).isEqualTo(2);
        });
        assertThat(history.advance(config(3, "k", "\"d\": {}, \"a\": {\"x\": 2}, \"c\": {}")))
                .isEmpty();
    }

    @Test
    void otherWordsForTheSameAreNoChange() {
        history.advance(config(1, "i", "\"a\": {\"x\": 1, \"y\": [2]}"));
        watch(NODES, null);
        Revision revision = revisionOf(NODES);
        assertThat(history.advance(config(2, "i", "\"a\": {\"y\":[ 2 ],\n\"x\":1}")))
                .isEmpty();
        assertThat(revisionOf(NODES)).isEqualTo(revision);
    }

    @Test
    void aWatcherGoesOnWhereItStopped() {
        history.advance(ip(1, "a"));
        Revision first = revisionOf(IP);
        history.advance(ip(2, "b"));
        history.advance(ip(3, "a"));
        Revision third = revisionOf(IP);
        assertThat(watch(IP, first))
                .containsExactly("CHANGED /cluster/master_ip=\"b\"", "CHANGED /cluster/master_ip=\"a\"");
        assertThat(watch(IP, third)).containsExactly("CURRENT");
        history.advance(ip(4, "c"));
        assertThat(watch(IP, third)).containsExactly("CHANGED /cluster/master_ip=\"c\"");
    }

    @Test
    void whoIsTooOldIsToldToStartOver() {
        WatchHistory small = new WatchHistory(new WatchLimits(10, 2, 1000));
        small.advance(ip(1, "a"));
        Revision first = small.watch(IP, null).get(0).revision();
        Revision second = small.advance(ip(2, "b")).get(0).event().revision();
        small.advance(ip(3, "c"));
        small.advance(ip(4, "d"));
        assertThat(small.watch(IP, second)).hasSize(2);
        assertThat(small.watch(IP, first))
                .extracting(WatchHistoryTest::told)
                .containsExactly("RESYNC /cluster/master_ip=\"d\"");
        assertThat(small.watch(IP, new Revision(9, "0".repeat(32))))
                .extracting(WatchEvent::kind)
                .containsExactly(WatchEvent.Kind.RESYNC);
    }

    @Test
    void anotherNodeWithTheSameFileHasTheSameRevision() {
        WatchHistory other = new WatchHistory(WatchLimits.DEFAULTS);
        history.advance(config(5, "i", "\"a\": {\"x\": 1}"));
        Revision before = revisionOf(NODES);
        history.advance(config(6, "i", "\"a\": {\"x\": 2}, \"b\": {}"));
        other.advance(config(6, "i", "\"b\": {}, \"a\": {\"x\": 2}"));
        assertThat(other.watch(NODES, null).get(0).revision()).isEqualTo(revisionOf(NODES));
        // That one saw it in a later file only, and has no history.
        WatchHistory late = new WatchHistory(WatchLimits.DEFAULTS);
        late.advance(config(9, "z", "\"a\": {\"x\": 2}, \"b\": {}"));
        assertThat(late.watch(NODES, revisionOf(NODES)))
                .extracting(WatchHistoryTest::told)
                .containsExactly("CURRENT");
        assertThat(late.watch(NODES, before)).extracting(WatchEvent::kind).containsExactly(WatchEvent.Kind.RESYNC);
    }

    @Test
    void historyIsBoundedInBytes() {
        WatchHistory small = new WatchHistory(new WatchLimits(10, 100, 50));
        small.advance(ip(1, "a".repeat(30)));
        Revision first = small.watch(IP, null).get(0).revision();
        small.advance(ip(2, "b".repeat(30)));
        small.advance(ip(3, "c".repeat(30)));
        assertThat(small.watch(IP, first)).extracting(WatchEvent::kind).containsExactly(WatchEvent.Kind.RESYNC);
    }

    @Test
    void pathsNobodyWatchesMakeRoomAndWatchedOnesDoNot() {
        WatchHistory two = new WatchHistory(new WatchLimits(2, 10, 1000));
        two.advance(ip(1, "a"));
        ConfigPath other = new ConfigPath(List.of("version"));
        assertThat(two.watch(IP, null)).isNotNull();
        assertThat(two.watch(NODES, null)).isNotNull();
        assertThat(two.watch(other, null)).isNull();
        two.unwatch(IP);
        assertThat(two.watch(other, null)).isNotNull();
        assertThatThrownBy(() -> two.unwatch(IP)).isInstanceOf(IllegalStateException.class);
    }

    /** Watchers that are cut off at random end up with what is in the file, and were told every step exactly once. */
    @Test
    void watchersThatComeAndGoLoseNothingAndRepeatNothing() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, String> state = new TreeMap<>();
        Map<String, String> seen = new TreeMap<>();
        List<Long> serials = new ArrayList<>();
        List<Long> expected = new ArrayList<>();
        Revision last = null;
        boolean connected = false;
        for (long serial = 1; serial <= 2000; serial++) {
            String before = state.toString();
            for (int i = random.nextInt(3); i > 0; i--) {
                String key = "n" + random.nextInt(8);
                if (random.nextInt(3) == 0) {
                    state.remove(key);
                } else {
                    state.put(key, "{\"x\": " + random.nextInt(5) + "}");
                }
            }
            StringBuilder nodes = new StringBuilder();
            state.forEach((key, value) -> nodes.append(nodes.length() == 0 ? "" : ",")
                    .append('"')
                    .append(key)
                    .append("\": ")
                    .append(value));
            List<WatchHistory.PathEvent> events = history.advance(config(serial, "i", nodes.toString()));
            if (serial > 1 && !before.equals(state.toString())) {
                expected.add(serial);
            }
            List<WatchEvent> got = new ArrayList<>();
            if (connected) {
                events.forEach(event -> got.add(event.event()));
            }
            boolean cut = random.nextInt(4) == 0 || serial == 1 || serial == 2000;
            if (cut && connected) {
                history.unwatch(NODES);
            }
            if (cut) {
                Revision resume = got.isEmpty() ? last : got.get(got.size() - 1).revision();
                connected = serial == 1 || serial == 2000 || random.nextBoolean();
                if (connected) {
                    got.addAll(history.watch(NODES, resume));
                }
            }
            for (WatchEvent event : got) {
                assertThat(event.kind()).as("seed %d", seed).isNotEqualTo(WatchEvent.Kind.RESYNC);
                if (event.kind() == WatchEvent.Kind.CHANGED) {
                    serials.add(event.revision().serialNo());
                }
                for (Change change : event.changes()) {
                    String key = change.path().steps().get(1);
                    if (change.after() == null) {
                        seen.remove(key);
                    } else {
                        seen.put(key, new String(change.after().toBytes(), UTF_8));
                    }
                }
                last = event.revision();
            }
        }
        assertThat(seen).as("seed %d", seed).isEqualTo(state);
        assertThat(serials).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void revisionsHaveATextForm() {
        Revision revision = new Revision(99, "0123456789abcdef0123456789abcdef");
        assertThat(Revision.parse(revision.toString())).isEqualTo(revision);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1-0", "x-0123456789abcdef0123456789abcdef", "1-0123456789ABCDEF0123456789ABCDEF"})
    void otherTextsAreNoRevisions(String text) {
        assertThat(Revision.parse(text)).isNull();
    }
}
