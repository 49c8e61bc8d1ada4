package org.msgr2.core.mon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireWriter;

/** The monitor maps that were recorded, and what a newer or a broken one does. */
class MonMapTest {
    private static final Limits LIMITS = Limits.defaults();

    private static byte[] recordedFront() {
        return HexFormat.of()
                .parseHex(CephVectors.json("ceph/maps/maps.json").at("/4/front").asText());
    }

    private static byte[] file() {
        return CephVectors.bytes("ceph/maps/monmap");
    }

    private static MonMap ofFront(byte[] front) throws ProtocolException {
        return of(MessageType.MON_MAP, front);
    }

    private static MonMap of(MessageType type, byte[] front) throws ProtocolException {
        Message message =
                Message.builder(type).front(Unpooled.wrappedBuffer(front)).build();
        try {
            return MonMap.of(message, LIMITS);
        } finally {
            // Borrowed: it can be read again.
            assertThat(message.front().readableBytes()).isEqualTo(front.length);
            message.release();
        }
    }

    private static MonMap read(byte[] map) throws WireException {
        return MonMap.read(Unpooled.wrappedBuffer(map), LIMITS);
    }

    @Test
    void readsTheMapOfAMonitor() throws ProtocolException {
        MonMap map = ofFront(recordedFront());
        assertThat(map.fsid()).isEqualTo(UUID.fromString("dd62d9b2-5b36-4e6a-9253-ed1e63900e0e"));
        assertThat(map.epoch()).isEqualTo(1);
        assertThat(map.created()).isEqualTo(new UTime(0x6b00_1794L, 0x026f_6691L));
        assertThat(map.lastChanged()).isEqualTo(map.created());
        assertThat(map.persistentFeatures()).isEqualTo(0xff);
        assertThat(map.optionalFeatures()).isZero();
        assertThat(map.monitors())
                .containsExactly(new MonInfo(
                        "a", EntityAddrVec.parse("[v2:127.0.0.1:26300/0,v1:127.0.0.1:26301/0]"), 0, 0, Map.of()));
        assertThat(map.ranks()).containsExactly("a");
        assertThat(map.rankOf("a")).isZero();
        assertThat(map.rankOf("b")).isEqualTo(-1);
        assertThat(map.minMonRelease()).isEqualTo(16);
        assertThat(CephRelease.name(map.minMonRelease())).isEqualTo("pacific");
        assertThat(map.strategy()).isEqualTo(ElectionStrategy.CLASSIC);
        assertThat(map.removedRanks()).isEmpty();
        assertThat(map.disallowedLeaders()).isEmpty();
        assertThat(map.stretchMode()).isFalse();
        assertThat(map.tiebreaker()).isEmpty();
        assertThat(map.stretchMarkedDown()).isEmpty();
    }

    @Test
    void readsAFileOfMonmaptool() throws WireException {
        MonMap map = read(file());
        assertThat(map.fsid()).isEqualTo(UUID.fromString("ab492bc7-74f5-4358-ad1e-9fa69882b7b2"));
        assertThat(map.epoch()).isEqualTo(1);
        assertThat(map.created()).isEqualTo(new UTime(0x6b00_1867L, 0x368e_3c1dL));
        assertThat(map.persistentFeatures()).isZero();
        assertThat(map.monitors()).hasSize(1);
        assertThat(map.monitors().get(0).publicAddrs()).hasToString("v2:127.0.0.1:26800/0");
        assertThat(map.ranks()).containsExactly("a");
        // Not known before a monitor has run.
        assertThat(map.minMonRelease()).isZero();
    }

    static Stream<JsonNode> recordedMaps() {
        return CephVectors.all()
                .flatMap(capture -> capture.frames().stream())
                .filter(frame -> !frame.truncated())
                .map(CephVectors.RecordedFrame::json)
                .filter(frame -> frame.at("/fields/header2/type").asInt() == MessageType.MON_MAP.code());
    }

    @Test
    void readsEveryRecordedMap() throws ProtocolException {
        int maps = 0;
        for (JsonNode frame : recordedMaps().toList()) {
            int frontBytes = frame.at("/fields/front_len").asInt();
            byte[] wire = HexFormat.of().parseHex(frame.get("wire").asText());
            byte[] front = frame.has("plain_segments")
                    ? HexFormat.of().parseHex(frame.at("/plain_segments/1").asText())
                    : Arrays.copyOfRange(wire, 32 + 41 + 4, 32 + 41 + 4 + frontBytes);
            MonMap map = ofFront(front);
            assertThat(map.ranks()).containsExactly("a");
            assertThat(map.rankOf(map.monitors().get(0).name())).isZero();
            assertThat(map.minMonRelease()).isEqualTo(16);
            assertThat(map.strategy()).isEqualTo(ElectionStrategy.CLASSIC);
            assertThat(map.monitors().get(0).publicAddrs().msgr2().port()).isPositive();
            maps++;
        }
        assertThat(maps).isGreaterThanOrEqualTo(14);
    }

    static Stream<byte[]> maps() {
        return Stream.of(file(), Arrays.copyOfRange(recordedFront(), 4, recordedFront().length), newest(out -> {}));
    }

    @ParameterizedTest
    @MethodSource("maps")
    void refusesAMapThatEndsAnywhereTooEarly(byte[] map) {
        for (int length = 0; length < map.length; length++) {
            byte[] cut = Arrays.copyOf(map, length);
            assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(WireException.class);
            if (length >= 6) {
                // Also when the structure's own length agrees: then a field is missing.
                Unpooled.wrappedBuffer(cut).setIntLE(2, length - 6);
                assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(WireException.class);
            }
        }
    }

    @Test
    void refusesAMessageWhoseLengthIsNotItsMaps() {
        byte[] front = recordedFront();
        for (int length = 0; length < front.length; length++) {
            byte[] cut = Arrays.copyOf(front, length);
            assertThatThrownBy(() -> ofFront(cut)).isInstanceOf(WireException.class);
        }
        assertThatThrownBy(() -> of(MessageType.OSD_MAP, front)).hasMessage("expected a mon_map, not osd_map (41)");
    }

    /** A map with every field in use, as a release would write it that appends to it. */
    private static byte[] newest(Consumer<WireWriter> appended) {
        ByteBuf bytes = Unpooled.buffer();
        WireWriter out = new WireWriter(bytes);
        int map = out.beginVersioned(9, 6);
        out.uuid(new UUID(1, 2)).u32(0xffff_fffeL).u32(3).u32(4).u32(5).u32(6);
        features(out, 0x11);
        features(out, 0x22);
        out.u32(2);
        monitor(out, "a", "v2:10.0.0.1:3300/0", 5);
        monitor(out, "b", "[v2:10.0.0.2:3300/0,v1:10.0.0.2:6789/0]", 9);
        out.u32(2).string("b").string("a");
        out.u8(18);
        out.u32(2).u32(3).u32(7);
        out.u8(3);
        out.u32(1).string("a");
        out.bool(true).string("b");
        out.u32(1).string("a");
        appended.accept(out);
        out.endVersioned(map);
        return ByteBufUtil.getBytes(bytes);
    }

    private static void features(WireWriter out, long bits) {
        int features = out.beginVersioned(1, 1);
        out.u64(bits).endVersioned(features);
    }

    private static void monitor(WireWriter out, String name, String addrs, int version) {
        out.string(name);
        int info = out.beginVersioned(version, 1);
        out.string(name);
        EntityAddrVec.parse(addrs).write(out);
        out.u16(10).u16(20).u32(1).string("root").string("default");
        if (version > 5) {
            // A field that we know nothing of.
            out.u64(-1);
        }
        out.endVersioned(info);
    }

    @Test
    void readsEveryField() throws WireException {
        MonMap map = read(newest(out -> {}));
        assertThat(map.fsid()).isEqualTo(new UUID(1, 2));
        assertThat(map.epoch()).isEqualTo(0xffff_fffeL);
        assertThat(map.lastChanged()).isEqualTo(new UTime(3, 4));
        assertThat(map.created()).isEqualTo(new UTime(5, 6));
        assertThat(map.persistentFeatures()).isEqualTo(0x11);
        assertThat(map.optionalFeatures()).isEqualTo(0x22);
        assertThat(map.monitors()).extracting(MonInfo::name).containsExactly("a", "b");
        assertThat(map.monitors()).allSatisfy(info -> {
            assertThat(info.priority()).isEqualTo(10);
            assertThat(info.weight()).isEqualTo(20);
            assertThat(info.crushLocation()).containsExactly(Map.entry("root", "default"));
        });
        assertThat(map.monitors().get(1).publicAddrs().addrs()).hasSize(2);
        assertThat(map.ranks()).containsExactly("b", "a");
        assertThat(map.rankOf("a")).isEqualTo(1);
        assertThat(map.minMonRelease()).isEqualTo(18);
        assertThat(map.removedRanks()).containsExactlyInAnyOrder(3L, 7L);
        assertThat(map.strategy()).isEqualTo(ElectionStrategy.CONNECTIVITY);
        assertThat(map.disallowedLeaders()).containsExactly("a");
        assertThat(map.stretchMode()).isTrue();
        assertThat(map.tiebreaker()).isEqualTo("b");
        assertThat(map.stretchMarkedDown()).containsExactly("a");
    }

    @Test
    void skipsWhatNewerReleasesAppend() throws WireException {
        byte[] newer = newest(out -> out.string("something new").u64(-1));
        newer[0] = 42;
        assertThat(read(newer)).isEqualTo(read(newest(out -> {})));
        byte[] behind = Arrays.copyOf(newer, newer.length + 3);
        assertThat(read(behind)).isEqualTo(read(newer));
    }

    @Test
    void leavesOutWhatOlderReleasesDoNotHave() throws WireException {
        byte[] map = newest(out -> {});
        map[0] = 6;
        MonMap nautilus = read(map);
        assertThat(nautilus.minMonRelease()).isZero();
        assertThat(nautilus.removedRanks()).isEmpty();
        assertThat(nautilus.strategy()).isEqualTo(ElectionStrategy.CLASSIC);
        assertThat(nautilus.stretchMode()).isFalse();
        map[0] = 8;
        MonMap octopus = read(map);
        assertThat(octopus.minMonRelease()).isEqualTo(18);
        assertThat(octopus.disallowedLeaders()).containsExactly("a");
        assertThat(octopus.stretchMode()).isFalse();
        assertThat(octopus.tiebreaker()).isEmpty();
    }

    @Test
    void refusesWhatItCannotRead() {
        byte[] old = newest(out -> {});
        old[0] = 5;
        old[1] = 1;
        assertThatThrownBy(() -> read(old)).hasMessage("monmap: version 5, expected at least 6 (nautilus)");
        byte[] incompatible = newest(out -> {});
        incompatible[1] = 10;
        assertThatThrownBy(() -> read(incompatible))
                .hasMessage("monmap: needs a decoder of version 10, ours is 9")
                .extracting(fault -> ((ProtocolException) fault).kind())
                .isEqualTo(FaultKind.FEATURE);
    }

    @Test
    void refusesAnUnknownElectionStrategy() throws WireException {
        byte[] map = Arrays.copyOfRange(recordedFront(), 4, recordedFront().length);
        // Behind the strategy: no leaders, no stretch mode, no name, nobody down.
        int at = map.length - 14;
        assertThat(map[at]).isEqualTo((byte) ElectionStrategy.CLASSIC.code());
        map[at] = 2;
        assertThat(read(map).strategy()).isEqualTo(ElectionStrategy.DISALLOW);
        map[at] = 4;
        assertThatThrownBy(() -> read(map)).hasMessage("election strategy: unknown value 4");
    }

    @Test
    void boundsListsAndNames() {
        byte[] map = file();
        // The number of monitors: behind versions, fsid, epoch, two times and two feature sets.
        int at = 6 + 16 + 4 + 16 + 28;
        assertThat(map[at]).isEqualTo((byte) 1);
        Unpooled.wrappedBuffer(map).setIntLE(at, 1025);
        assertThatThrownBy(() -> read(map)).hasMessage("monitors: 1025 elements, at most 1024 are accepted");
        Unpooled.wrappedBuffer(map).setIntLE(at, 1024);
        assertThatThrownBy(() -> read(map)).hasMessageStartingWith("monitors: 1024 elements cannot fit in the ");
        byte[] longName = newest(out -> {});
        Unpooled.wrappedBuffer(longName).setIntLE(at + 4, 1025);
        assertThatThrownBy(() -> read(longName))
                .isInstanceOf(WireException.class)
                .hasMessageStartingWith("mon name: ");
    }

    @Test
    void doesNotShareItsLists() throws WireException {
        MonMap map = read(file());
        assertThatThrownBy(() -> map.ranks().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> map.monitors().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0, unknown",
        "1, argonaut",
        "14, nautilus",
        "16, pacific",
        "20, tentacle",
        "21, release 21",
        "-1, release -1"
    })
    void namesReleases(int number, String name) {
        assertThat(CephRelease.name(number)).isEqualTo(name);
    }

    @Test
    void hasTheCodesOfStrategiesOnTheWire() {
        assertThat(List.of(ElectionStrategy.values()))
                .extracting(ElectionStrategy::code)
                .containsExactly(1, 2, 3);
    }
}
