package org.msgr2.crypto.onwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.SeededEntropy;

class ConnectionSecretTest {

    @Test
    void isSixtyFourRandomBytes() throws ProtocolException {
        SeededEntropy entropy = new SeededEntropy(1);
        ConnectionSecret secret = ConnectionSecret.generate(entropy);
        assertThat(secret.toOpaque().length()).isEqualTo(64);
        assertThat(ConnectionSecret.of(secret.toOpaque())).isEqualTo(secret).hasSameHashCodeAs(secret);
        assertThat(ConnectionSecret.generate(entropy)).isNotEqualTo(secret);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 28, 39})
    void needsFortyBytes(int bytes) {
        assertThatThrownBy(() -> ConnectionSecret.of(Opaque.zeros(bytes)))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("a connection secret of " + bytes + " bytes, secure mode needs 40")
                .extracting(fault -> ((ProtocolException) fault).kind())
                .isEqualTo(FaultKind.AUTH);
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 41, 64, 100})
    void usesFortyBytes(int bytes) throws ProtocolException {
        byte[] long0 = new byte[bytes];
        long0[bytes - 1] = 1;
        ConnectionSecret secret = ConnectionSecret.of(Opaque.copyOf(long0));
        assertThat(secret.towardsAcceptor(Revision.MSGR2_1, AeadProvider.preferred())
                        .operations())
                .isZero();
        assertThat(secret.toOpaque().length()).isEqualTo(bytes);
    }

    @Test
    void isOfNoUseOnceDestroyed() throws ProtocolException {
        byte[] bytes = new byte[64];
        Arrays.fill(bytes, (byte) 7);
        ConnectionSecret secret = ConnectionSecret.of(Opaque.copyOf(bytes));
        ConnectionSecret same = ConnectionSecret.of(Opaque.copyOf(bytes));
        assertThat(secret).isEqualTo(same);
        secret.destroy();
        assertThat(secret).isNotEqualTo(same);
        assertThat(same).isNotEqualTo(secret);
        assertThatThrownBy(secret::toOpaque)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the connection secret is destroyed");
        assertThatThrownBy(() -> secret.towardsConnector(Revision.MSGR2_1, AeadProvider.jdk()))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> secret.towardsAcceptor(Revision.MSGR2_1, AeadProvider.jdk()))
                .isInstanceOf(IllegalStateException.class);
    }
}
