package org.msgr2.session.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.machine.Throttle;

class PermitGateTest {
    private final List<Long> granted = new ArrayList<>();

    @Test
    @Scenario("P31")
    void aMessageNeedsAPlaceAndItsBytes() {
        Throttle bytes = new Throttle(100);
        PermitGate gate = new PermitGate(2, bytes);
        assertThat(gate.acquire(60, granted::add)).isTrue();
        assertThat(gate.acquire(50, granted::add)).as("no bytes").isFalse();
        gate.release(60);
        assertThat(granted).containsExactly(50L);
        assertThat(gate.acquire(10, granted::add)).isTrue();
        assertThat(gate.acquire(1, granted::add)).as("no place").isFalse();
        assertThat(bytes.taken()).as("no bytes without a place").isEqualTo(60);
        gate.release(50);
        assertThat(granted).containsExactly(50L, 1L);
        assertThat(bytes.taken()).isEqualTo(11);
        gate.release(10);
        gate.release(1);
        assertThat(bytes.taken()).isZero();
    }

    @Test
    @Scenario("P31")
    void aPlaceAloneIsNotEnough() {
        Throttle bytes = new Throttle(100);
        PermitGate one = new PermitGate(1, bytes);
        PermitGate other = new PermitGate(1, bytes);
        assertThat(one.acquire(10, granted::add)).isTrue();
        assertThat(other.acquire(90, granted::add)).isTrue();
        assertThat(one.acquire(20, granted::add)).isFalse();
        // The place comes, the bytes do not: they are waited for in turn.
        one.release(10);
        assertThat(granted).isEmpty();
        other.release(90);
        assertThat(granted).containsExactly(20L);
        one.release(20);
        assertThat(bytes.taken()).isZero();
    }

    @Test
    void oneConnectionDoesNotTakeTheOthersPlaces() {
        Throttle bytes = new Throttle(0);
        PermitGate one = new PermitGate(1, bytes);
        PermitGate other = new PermitGate(1, bytes);
        assertThat(one.acquire(1, granted::add)).isTrue();
        assertThat(one.acquire(1, granted::add)).isFalse();
        assertThat(other.acquire(1, granted::add)).isTrue();
    }
}
