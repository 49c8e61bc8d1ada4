package org.msgr2.session.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HandshakeGateTest {
    private final HandshakeGate gate = new HandshakeGate(3);

    /** A link that is only told from others: it has no messenger. */
    @SuppressWarnings("NullAway")
    private static Link link() {
        return Link.accepting(null, null);
    }

    @Test
    void theOldestGoesWhenThereIsNoMoreRoom() {
        Link first = link();
        Link second = link();
        Link third = link();
        assertThat(gate.enter(first)).isNull();
        assertThat(gate.enter(second)).isNull();
        assertThat(gate.enter(third)).isNull();
        assertThat(gate.size()).isEqualTo(3);
        assertThat(gate.enter(link())).isSameAs(first);
        assertThat(gate.enter(link())).isSameAs(second);
        assertThat(gate.size()).isEqualTo(3);
    }

    @Test
    void whoIsReadyMakesRoom() {
        Link first = link();
        Link second = link();
        gate.enter(first);
        gate.enter(second);
        gate.enter(link());
        gate.leave(first);
        gate.leave(first);
        assertThat(gate.size()).isEqualTo(2);
        assertThat(gate.enter(link())).isNull();
        assertThat(gate.enter(link())).isSameAs(second);
    }

    @Test
    void whoWasDroppedMayLeaveOnceMore() {
        Link first = link();
        gate.enter(first);
        for (int i = 0; i < 3; i++) {
            gate.enter(link());
        }
        gate.leave(first);
        assertThat(gate.size()).isEqualTo(3);
    }

    @Test
    void allLeaveAtTheEnd() {
        Link first = link();
        Link second = link();
        gate.enter(first);
        gate.enter(second);
        assertThat(gate.clear()).containsExactly(first, second);
        assertThat(gate.size()).isZero();
        assertThat(gate.clear()).isEmpty();
    }
}
