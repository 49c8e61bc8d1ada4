package org.msgr2.confd.luxi.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
    /** Groups of these names in the order of 3.0.2's answer; recorded. Those that are equal keep the order of their keys. */
    private static final List<String> RECORDED = List.of(
            "01",
            "1",
            "2",
            "10",
            "10a",
            "A1",
            "_x",
            "a",
            "a01",
            "a1",
            "a001",
            "a1-b",
            "a1.",
            "a1.5",
            "a1.10",
            "a1b",
            "a1b01",
            "a1b2",
            "a1b2c3d4e5f6g7h8i9j9",
            "a1b2c3d4e5f6g7h8i9j10",
            "a1b2c3d4e5f6g7h8i9j10k1",
            "a1b2c3d4e5f6g7h8i9j10k02",
            "a1b10",
            "a2",
            "a10",
            "a12345678901234567890123",
            "a12345678901234567890124",
            "a-1",
            "b",
            "b0",
            "b00",
            "default",
            "empty",
            "rack2");

    @Test
    void sortsAsRecorded() {
        List<String> names = new ArrayList<>(RECORDED);
        names.sort(NaturalOrder.INSTANCE);
        assertThat(names).isEqualTo(RECORDED);
    }

    @Test
    void isATotalOrderOverRandomNames() {
        Random random = new Random(1);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            StringBuilder name = new StringBuilder();
            for (int length = random.nextInt(6); length > 0; length--) {
                name.append("01ab.-".charAt(random.nextInt(6)));
            }
            names.add(name.toString());
        }
        for (String a : names) {
            for (String b : names) {
                int order = NaturalOrder.INSTANCE.compare(a, b);
                assertThat(Integer.signum(NaturalOrder.INSTANCE.compare(b, a)))
                        .as(a + " and " + b)
                        .isEqualTo(-Integer.signum(order));
                for (String c : names) {
                    if (order <= 0 && NaturalOrder.INSTANCE.compare(b, c) <= 0) {
                        assertThat(NaturalOrder.INSTANCE.compare(a, c)).isLessThanOrEqualTo(0);
                    }
                }
            }
        }
    }

    @Test
    void comparesTextByCodePoints() {
        List<String> names = new ArrayList<>(List.of("\uffee", "z", "\ud83d\ude00", "\u00e9"));
        Collections.sort(names, NaturalOrder.INSTANCE);
        assertThat(names).containsExactly("z", "\u00e9", "\uffee", "\ud83d\ude00");
    }
}
