package org.msgr2.crypto.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.Opaque;

/** The numbers of spec/msgr2 §3.3, and what we make of those that it does not have. */
class AuthCodesTest {

    @ParameterizedTest
    @CsvSource({"0, UNKNOWN, unknown", "1, NONE, none", "2, CEPHX, cephx", "4, GSS, gss"})
    void methodsHaveTheirNumberAndName(int code, AuthMethod method, String label) {
        assertThat(AuthMethod.ofCode(code)).isEqualTo(method);
        assertThat(method.code()).isEqualTo(code);
        assertThat(method).hasToString(label);
    }

    @ParameterizedTest
    @CsvSource({"0, UNKNOWN, unknown", "1, CRC, crc", "2, SECURE, secure"})
    void modesHaveTheirNumberAndName(int code, ConnectionMode mode, String label) {
        assertThat(ConnectionMode.ofCode(code)).isEqualTo(mode);
        assertThat(mode.code()).isEqualTo(code);
        assertThat(mode).hasToString(label);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 9, 255, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void otherNumbersAreUnknown(int code) {
        assertThat(AuthMethod.ofCode(code)).isEqualTo(AuthMethod.UNKNOWN);
        assertThat(ConnectionMode.ofCode(code)).isEqualTo(ConnectionMode.UNKNOWN);
    }

    @Test
    void listsOfCodesAreReadableWithNumbersWhereThereIsNoName() {
        assertThat(AuthMethod.toString(List.of(2, 1, 9, 0))).isEqualTo("[cephx, none, method 9, method 0]");
        assertThat(ConnectionMode.toString(List.of(2, 1, 7, 0))).isEqualTo("[secure, crc, mode 7, mode 0]");
        assertThat(AuthMethod.toString(List.of())).isEqualTo("[]");
        assertThat(ConnectionMode.toString(List.of())).isEqualTo("[]");
    }

    @Test
    void onlyARealMethodAuthenticates() {
        for (AuthMethod method : AuthMethod.values()) {
            PeerIdentity identity = new PeerIdentity(method, EntityName.parse("client.a"), 1);
            assertThat(identity.authenticated())
                    .as(method.toString())
                    .isEqualTo(method == AuthMethod.CEPHX || method == AuthMethod.GSS);
        }
    }

    @Test
    void whatIsOfferedOrAllowedCannotBeChangedAfterwards() {
        List<ConnectionMode> modes = new ArrayList<>(List.of(ConnectionMode.CRC));
        List<AuthMethod> methods = new ArrayList<>(List.of(AuthMethod.NONE));
        AuthClient.Offer offer = new AuthClient.Offer(AuthMethod.NONE, modes, Opaque.EMPTY);
        AuthReply.BadMethod bad = new AuthReply.BadMethod(-95, methods, modes);
        modes.clear();
        methods.clear();
        assertThat(offer.modes()).containsExactly(ConnectionMode.CRC);
        assertThat(bad.allowedModes()).containsExactly(ConnectionMode.CRC);
        assertThat(bad.allowedMethods()).containsExactly(AuthMethod.NONE);
    }
}
