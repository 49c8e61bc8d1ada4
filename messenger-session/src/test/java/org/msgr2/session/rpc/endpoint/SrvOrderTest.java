package org.msgr2.session.rpc.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.rpc.Target;

class SrvOrderTest {
    private final Random random = new Random(5);
    private final Entropy entropy = random::nextBytes;

    private static Target target(int port, int priority, int weight) {
        EntityAddr addr = EntityAddr.parse("v2:127.0.0.1:" + port);
        return new Target(EntityType.MON, EntityAddrVec.of(addr), priority, weight);
    }

    @Test
    void lowerPrioritiesComeFirstWhateverTheWeight() {
        Target first = target(1, 1, 0);
        Target second = target(2, 2, 1000);

        assertThat(SrvOrder.order(List.of(second, first), entropy)).containsExactly(first, second);
    }

    @Test
    void withoutWeightsAListStaysAsItIs() {
        List<Target> all = List.of(target(3, 0, 0), target(1, 0, 0), target(2, 0, 0));

        assertThat(SrvOrder.order(all, entropy)).isEqualTo(all);
    }

    @Test
    void weightsSayHowOftenOneIsFirst() {
        Target heavy = target(1, 0, 75);
        Target light = target(2, 0, 25);
        int heavyFirst = 0;
        for (int i = 0; i < 10_000; i++) {
            List<Target> ordered = SrvOrder.order(List.of(light, heavy), entropy);
            assertThat(ordered).hasSize(2);
            heavyFirst += ordered.get(0).equals(heavy) ? 1 : 0;
        }
        assertThat(heavyFirst).isBetween(7300, 7700);
    }
}
