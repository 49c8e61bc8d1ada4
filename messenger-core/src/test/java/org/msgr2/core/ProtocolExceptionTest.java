package org.msgr2.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.msgr2.core.wire.WireException;

class ProtocolExceptionTest {

    @Test
    void namesPeerFrameAndValue() {
        ProtocolException fault = new WireException("gid: needs 8 bytes, 3 left");
        assertThat(fault).hasMessage("gid: needs 8 bytes, 3 left");
        assertThat(fault.inFrame("HELLO")).hasMessage("HELLO: gid: needs 8 bytes, 3 left");
        assertThat(fault.inFrame("HELLO").fromPeer("mon.a"))
                .hasMessage("peer mon.a: HELLO: gid: needs 8 bytes, 3 left");
        assertThat(fault.fromPeer("mon.a").inFrame("HELLO"))
                .hasMessage("peer mon.a: HELLO: gid: needs 8 bytes, 3 left");
        assertThat(fault.fromPeer("mon.a")).hasMessage("peer mon.a: gid: needs 8 bytes, 3 left");
    }

    @Test
    void keepsTheFirstNames() {
        ProtocolException fault =
                new ProtocolException(FaultKind.AUTH, "no").inFrame("HELLO").fromPeer("mon.a");
        assertThat(fault.inFrame("WAIT")).isSameAs(fault);
        assertThat(fault.fromPeer("mon.b")).isSameAs(fault);
    }

    @Test
    void keepsKindAndFinalityThroughEveryStep() {
        ProtocolException fault = new ProtocolException(FaultKind.FEATURE, "no");
        assertThat(fault.terminal()).isFalse();
        ProtocolException terminal = fault.asTerminal().inFrame("HELLO").fromPeer("mon.a");
        assertThat(terminal.terminal()).isTrue();
        assertThat(terminal.asTerminal()).isSameAs(terminal);
        assertThat(terminal.kind()).isEqualTo(FaultKind.FEATURE);
        assertThat(terminal).hasMessage("peer mon.a: HELLO: no");
        assertThat(terminal).hasRootCause(fault);
        assertThat(fault.inFrame("HELLO").terminal()).isFalse();
    }

    @Test
    void keepsItsCause() {
        Exception cause = new Exception("below");
        assertThat(new ProtocolException(FaultKind.TRANSPORT, "lost", cause)).hasCause(cause);
        assertThat(new WireException(FaultKind.LIMIT, "much").kind()).isEqualTo(FaultKind.LIMIT);
    }

    @Test
    void drawsWholeNumbersFromEntropy() {
        Entropy counting = bytes -> {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (0xf1 + i);
            }
        };
        assertThat(counting.nextLong()).isEqualTo(0xf1f2f3f4f5f6f7f8L);
        assertThat(counting.nextNonZeroLong()).isEqualTo(0xf1f2f3f4f5f6f7f8L);
    }

    @Test
    void neverDrawsZeroWhereZeroMeansNone() {
        AtomicInteger round = new AtomicInteger();
        Entropy lateStarter = bytes -> Arrays.fill(bytes, (byte) (round.incrementAndGet() < 3 ? 0 : 1));
        assertThat(lateStarter.nextNonZeroLong()).isEqualTo(0x0101010101010101L);
        assertThat(round).hasValue(3);
        Entropy broken = bytes -> Arrays.fill(bytes, (byte) 0);
        assertThat(broken.nextLong()).isZero();
        assertThatThrownBy(broken::nextNonZeroLong).isInstanceOf(IllegalStateException.class);
    }
}
