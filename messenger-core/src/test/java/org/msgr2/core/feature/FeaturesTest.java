package org.msgr2.core.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FeaturesTest {
    private static final long INCARNATION_2 = 1L << 57;
    private static final long INCARNATION_3 = 1L << 57 | 1L << 28;

    /** The word in every recorded ident of 16.2.15. */
    @Test
    void knowsWhatPacificAdvertises() {
        assertThat(CephFeatures.PACIFIC.bits()).isEqualTo(0x3f01_cfbd_fffd_ffffL);
        List<Integer> absent = new ArrayList<>();
        for (int bit = 0; bit <= 61; bit++) {
            if ((CephFeatures.PACIFIC.bits() >>> bit & 1) == 0) {
                absent.add(bit);
            }
        }
        assertThat(absent).containsExactly(17, 33, 38, 44, 45, 49, 50, 51, 52, 53, 54, 55);
        assertThat(CephFeatures.PACIFIC.bits() >>> 62).isZero();
    }

    @Test
    void tellsPacificFromItsNeighbours() {
        assertThat(CephFeatures.PACIFIC.has(CephFeature.SERVER_PACIFIC)).isTrue();
        assertThat(CephFeatures.PACIFIC.has(CephFeature.SERVER_OCTOPUS)).isTrue();
        assertThat(CephFeatures.PACIFIC.has(CephFeature.STRETCH_MODE)).isTrue();
        assertThat(CephFeatures.PACIFIC.has(CephFeature.CEPHX_V2)).isTrue();
        assertThat(CephFeatures.PACIFIC.has(CephFeature.SERVER_QUINCY)).isFalse();
        assertThat(CephFeatures.PACIFIC.has(CephFeature.OS_PERF_STAT_NS)).isFalse();
        assertThat(CephFeatures.PACIFIC.has(CephFeature.SERVER_SQUID)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void combinesABitWithThoseOfItsIncarnation(CephFeature feature) {
        long bit = 1L << feature.bit();
        assertThat(feature.mask()).isIn(bit, bit | INCARNATION_2, bit | INCARNATION_3);
        assertThat(new CephFeatures(feature.mask()).has(feature)).isTrue();
        for (long rest = feature.mask(); rest != 0; rest &= rest - 1) {
            // Without any one of the bits of its mask it is not there.
            assertThat(new CephFeatures(~Long.lowestOneBit(rest)).has(feature)).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UID, 0x1",
        "MSG_AUTH, 0x800000",
        "SERVER_JEWEL, 0x200000000000000",
        "SERVER_LUMINOUS, 0x200000000200000",
        "SERVER_MIMIC, 0x200000010000000",
        "SERVER_NAUTILUS, 0x200000010000004",
        "SERVER_OCTOPUS, 0x200000010010000",
        "SERVER_PACIFIC, 0x200000010100000",
        "MSG_ADDR2, 0x800000000000000",
        "CEPHX_V2, 0x2000000000000000",
    })
    void hasTheMasksOfTheIncarnations(CephFeature feature, String mask) {
        assertThat(feature.mask()).isEqualTo(Long.decode(mask));
    }

    @Test
    void namesEachBitOnce() {
        assertThat(Arrays.stream(CephFeature.values()).map(CephFeature::bit)).doesNotHaveDuplicates();
        String names = Arrays.stream(CephFeature.values())
                .sorted(Comparator.comparingInt(CephFeature::bit))
                .map(CephFeature::name)
                .collect(Collectors.joining(", "));
        long named = Arrays.stream(CephFeature.values())
                .mapToLong(feature -> 1L << feature.bit())
                .reduce(0, (a, b) -> a | b);
        assertThat(new CephFeatures(named)).hasToString(names);
    }

    @Test
    void namesTheBitsOfAMask() {
        assertThat(CephFeatures.NONE).hasToString("none");
        assertThat(CephFeatures.of(CephFeature.MSG_ADDR2)).hasToString("MSG_ADDR2");
        assertThat(new CephFeatures(1L << 63 | 1L << 55 | 1)).hasToString("UID, bit 55, bit 63");
        // What recorded monitors and OSDs require of a client.
        assertThat(new CephFeatures(0x0c01_0200_4204_0000L))
                .hasToString(
                        "CRUSH_TUNABLES, CRUSH_TUNABLES2, OSDHASHPSPOOL, CRUSH_TUNABLES3, CRUSH_V4, CRUSH_TUNABLES5,"
                                + " MSG_ADDR2");
    }

    @Test
    void calculatesWithSets() {
        CephFeatures a = new CephFeatures(0b0110);
        CephFeatures b = new CephFeatures(0b0011);
        assertThat(a.and(b)).isEqualTo(new CephFeatures(0b0010));
        assertThat(a.or(b)).isEqualTo(new CephFeatures(0b0111));
        assertThat(a.minus(b)).isEqualTo(new CephFeatures(0b0100));
        assertThat(a.isEmpty()).isFalse();
        assertThat(a.minus(a).isEmpty()).isTrue();
        assertThat(CephFeatures.of()).isEqualTo(CephFeatures.NONE);
    }

    @Test
    void advertisesWhatAMsgr2PeerNeeds() {
        assertThat(CephFeatures.MSGR2_REQUIRED.minus(CephFeatures.MESSENGER)).isEqualTo(CephFeatures.NONE);
        assertThat(CephFeatures.MSGR2_REQUIRED.minus(CephFeatures.PACIFIC)).isEqualTo(CephFeatures.NONE);
        assertThat(CephFeatures.MESSENGER.minus(CephFeatures.PACIFIC)).isEqualTo(CephFeatures.NONE);
        assertThat(CephFeatures.MESSENGER.has(CephFeature.SERVER_NAUTILUS)).isTrue();
    }

    @Test
    void namesTheBitsOfABanner() {
        assertThat(BannerFeatures.NONE).hasToString("none");
        assertThat(BannerFeatures.REVISION_1).hasToString("REVISION_1");
        assertThat(BannerFeatures.COMPRESSION).hasToString("COMPRESSION");
        assertThat(new BannerFeatures(1L << 63 | 0b100011)).hasToString("REVISION_1, COMPRESSION, bit 5, bit 63");
    }

    @Test
    void calculatesWithTheBitsOfABanner() {
        BannerFeatures both = new BannerFeatures(3);
        assertThat(both.containsAll(BannerFeatures.REVISION_1)).isTrue();
        assertThat(both.containsAll(BannerFeatures.NONE)).isTrue();
        assertThat(BannerFeatures.REVISION_1.containsAll(both)).isFalse();
        assertThat(both.minus(BannerFeatures.REVISION_1)).isEqualTo(BannerFeatures.COMPRESSION);
        assertThat(both.minus(both).isEmpty()).isTrue();
        assertThat(both.isEmpty()).isFalse();
    }
}
