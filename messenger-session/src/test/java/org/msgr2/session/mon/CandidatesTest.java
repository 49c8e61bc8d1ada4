package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;

/** In which order monitors are tried. */
class CandidatesTest {
    private static final List<EntityAddr> ADDRS = TestMonitor.addrs(4);
    private static final int DRAWS = 4000;

    private final Candidates candidates = new Candidates(ADDRS.subList(3, 4), TestCluster.seeded(3));

    private void weights(int... weights) {
        candidates.learned(TestMonitor.map(
                1,
                List.of(
                        TestMonitor.info("a", ADDRS.get(0), 0, weights[0]),
                        TestMonitor.info("b", ADDRS.get(1), 0, weights[1]),
                        TestMonitor.info("c", ADDRS.get(2), 0, weights[2]))));
    }

    private int first(int index) {
        int count = 0;
        for (int i = 0; i < DRAWS; i++) {
            List<Candidates.Candidate> order = candidates.shuffled(null);
            assertThat(order).hasSize(4);
            // Configured, and not in the map.
            assertThat(order.get(3).addr()).isEqualTo(ADDRS.get(3));
            count += order.get(0).addr().equals(ADDRS.get(index)) ? 1 : 0;
        }
        return count;
    }

    @Test
    void choosesEvenlyWithoutWeights() {
        weights(0, 0, 0);
        for (int i = 0; i < 3; i++) {
            assertThat(first(i)).isBetween(DRAWS / 3 - 200, DRAWS / 3 + 200);
        }
    }

    @Test
    void choosesByWeight() {
        weights(10, 30, 0);
        assertThat(first(0)).isBetween(DRAWS / 4 - 200, DRAWS / 4 + 200);
        assertThat(first(1)).isBetween(3 * DRAWS / 4 - 200, 3 * DRAWS / 4 + 200);
        assertThat(first(2)).isZero();
    }

    @Test
    void putsTheOneThatWasLeftAtTheEnd() {
        weights(1, 1, 1);
        assertThat(candidates.shuffled(ADDRS.get(1)).get(3).addr()).isEqualTo(ADDRS.get(1));
        assertThat(candidates.shuffled(EntityAddr.parse("v2:10.9.9.9:1/0"))).hasSize(4);
    }

    @Test
    void forgetsMonitorsThatTheMapDoesNotHaveAnyMore() {
        weights(0, 0, 0);
        candidates.learned(TestMonitor.map(2, List.of(TestMonitor.info("a", ADDRS.get(0), 0, 0))));
        assertThat(candidates.addrs()).containsExactly(ADDRS.get(0), ADDRS.get(3));
    }
}
