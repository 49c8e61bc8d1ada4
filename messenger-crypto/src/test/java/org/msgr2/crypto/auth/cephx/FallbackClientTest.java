package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.key.KeyType;

/** What comes after AUTH_BAD_METHOD. */
class FallbackClientTest {
    private static final List<Integer> BOTH_MODES = List.of(1, 2);

    private final FakeMonitor monitor = new FakeMonitor(KeyType.AES, 21);

    private CephxClient client(AuthMethod... methods) {
        return new CephxClient(
                monitor.config().withMethods(List.of(methods)), InstantSource.fixed(Instant.EPOCH), monitor.entropy);
    }

    @Scenario("A03")
    @Test
    void offersTheNextMethodThatTheMonitorAllows() throws Exception {
        CephxClient client = client(AuthMethod.CEPHX, AuthMethod.NONE);
        AuthClient login = client.client(EntityType.MON);
        assertThat(login.start().method()).isEqualTo(AuthMethod.CEPHX);

        AuthClient.Offer second = login.badMethod(2, -Errno.EOPNOTSUPP, List.of(1), List.of(1));

        assertThat(second.method()).isEqualTo(AuthMethod.NONE);
        assertThat(second.modes()).containsExactly(ConnectionMode.CRC);
        login.done(7, ConnectionMode.CRC, Opaque.EMPTY);
        // Services are then talked to in the same way.
        assertThat(client.client(EntityType.OSD).start().method()).isEqualTo(AuthMethod.NONE);
        assertThat(client.renewal()).isEmpty();
    }

    @Scenario("A03")
    @Test
    void goesOnFromNoneToCephx() throws Exception {
        CephxClient client = client(AuthMethod.NONE, AuthMethod.CEPHX);
        AuthClient login = client.client(EntityType.MON);
        login.start();

        AuthClient.Offer second = login.badMethod(1, -Errno.EOPNOTSUPP, List.of(2), BOTH_MODES);

        assertThat(second.method()).isEqualTo(AuthMethod.CEPHX);
        assertThat(second.modes()).containsExactly(ConnectionMode.SECURE, ConnectionMode.CRC);
        monitor.verified(login.replyMore(monitor.challenge()));
    }

    @Scenario("A04")
    @Test
    void givesUpWithoutACommonMethodAndNamesBothSides() throws Exception {
        AuthClient login = client(AuthMethod.CEPHX).client(EntityType.MON);
        login.start();

        refused(
                () -> login.badMethod(2, -Errno.EOPNOTSUPP, List.of(4, 77), List.of(2, 9)),
                "the peer refuses method cephx with EOPNOTSUPP (-95): it allows methods [gss, method 77], modes [secure,"
                        + " mode 9]");
    }

    @Scenario("A04")
    @Test
    void neverOffersAMethodTwice() throws Exception {
        AuthClient login = client(AuthMethod.CEPHX, AuthMethod.NONE).client(EntityType.MON);
        login.start();
        login.badMethod(2, -Errno.EACCES, List.of(2, 1), BOTH_MODES);

        refused(() -> login.badMethod(1, -Errno.EACCES, List.of(2, 1), BOTH_MODES), "the peer refuses method none");
    }

    @Scenario("A05")
    @Test
    void readsAnOverlongListOfMethods() throws Exception {
        AuthClient login = client(AuthMethod.CEPHX, AuthMethod.NONE).client(EntityType.MON);
        login.start();
        List<Integer> many = IntStream.rangeClosed(-200, 200).boxed().toList();

        assertThat(login.badMethod(2, Integer.MIN_VALUE, many, Collections.nCopies(1000, 0))
                        .method())
                .isEqualTo(AuthMethod.NONE);
    }

    @Scenario("A07")
    @Test
    void doesNotFallBackOnceItWasChallenged() throws Exception {
        AuthClient login = client(AuthMethod.CEPHX, AuthMethod.NONE).client(EntityType.MON);
        login.start();
        login.replyMore(monitor.challenge());

        refused(() -> login.badMethod(2, -Errno.EACCES, List.of(2, 1), BOTH_MODES), "EACCES (-13)");
    }

    @Test
    void doesNotFallBackTowardsServices() throws Exception {
        CephxClient client = client(AuthMethod.CEPHX, AuthMethod.NONE);
        monitor.logIn(client, ConnectionMode.CRC);
        AuthClient login = client.client(EntityType.OSD);
        login.start();

        refused(() -> login.badMethod(2, -Errno.EOPNOTSUPP, List.of(1), List.of(1)), "EOPNOTSUPP (-95)");
    }

    @Test
    void doesNotFallBackFromSecureModeOnly() throws Exception {
        CephxClient client = new CephxClient(
                monitor.config()
                        .withMethods(List.of(AuthMethod.CEPHX, AuthMethod.NONE))
                        .withModes(List.of(ConnectionMode.SECURE), List.of(ConnectionMode.SECURE)),
                InstantSource.fixed(Instant.EPOCH),
                monitor.entropy);
        AuthClient login = client.client(EntityType.MON);
        assertThat(login.start().modes()).containsExactly(ConnectionMode.SECURE);

        refused(() -> login.badMethod(2, -Errno.EOPNOTSUPP, List.of(1), List.of(1)), "the peer refuses method cephx");
    }

    @Test
    void saysIfNoMethodIsLeftForItsModes() {
        CephxClient client = new CephxClient(
                monitor.config()
                        .withMethods(List.of(AuthMethod.NONE))
                        .withModes(List.of(ConnectionMode.SECURE), List.of(ConnectionMode.SECURE)),
                InstantSource.fixed(Instant.EPOCH),
                monitor.entropy);

        refused(() -> client.client(EntityType.MON).start(), "no method of ours has a connection mode that we allow");
    }

    @Test
    void namesErrorsThatItKnows() {
        assertThat(Errno.toString(-1)).isEqualTo("EPERM (-1)");
        assertThat(Errno.toString(-16)).isEqualTo("EBUSY (-16)");
        assertThat(Errno.toString(95)).isEqualTo("EOPNOTSUPP (95)");
        assertThat(Errno.toString(-4242)).isEqualTo("error -4242");
        assertThat(Errno.toString(Integer.MIN_VALUE)).isEqualTo("error -2147483648");
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProtocolException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(FaultKind.AUTH))
                .hasMessageContaining(message);
    }
}
