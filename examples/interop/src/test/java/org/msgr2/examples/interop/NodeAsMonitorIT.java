package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.crypto.auth.cephx.LoginListener;

/** Ceph's own command, unmodified, talking to a node of ours that plays the monitor. */
@RequiresCeph
@Timeout(120)
final class NodeAsMonitorIT {
    /** Of so many of its reads and writes, one closes the socket; which of them, is the same in each run. */
    private static final List<Integer> FAILURE_IN = List.of(26, 29, 35);
    /** The command comes twice: for the configuration, and to stay. */
    private static final long SOCKETS_OF_A_RUN = 2;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void cephsCommandIsAnswered(ClientLogin login) throws Exception {
        try (JavaMonitor node = JavaMonitor.start(directory, login)) {
            Path conf = node.conf();

            assertThat(ceph(conf, "ping", "mon.a")).contains("HEALTH_OK");
            assertThat(ceph(conf, "status")).isEqualTo(JavaMonitor.STATUS);
            assertThat(ceph(conf, "mon", "metadata", "a")).contains("\"name\": \"a\"");
            assertThat(node.askers()).isNotEmpty().allSatisfy(peer -> {
                assertThat(peer.name()).isEqualTo(JavaMonitor.ADMIN);
                assertThat(peer.method()).isEqualTo(login.method());
                assertThat(peer.capabilities().text("mon")).isEqualTo(login == ClientLogin.NONE_CRC ? "" : "allow *");
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void cephsCommandIsAnsweredThoughItBreaksItsOwnConnections(ClientLogin login) throws Exception {
        try (JavaMonitor node = JavaMonitor.start(directory, login)) {
            for (int in : FAILURE_IN) {
                Path conf = node.conf(login, "ms inject socket failures = " + in);
                assertThat(ceph(conf, "status")).contains(JavaMonitor.STATUS);
            }
            assertThat(node.accepted()).as("sockets").isGreaterThan(FAILURE_IN.size() * SOCKETS_OF_A_RUN);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NONE_CRC", mode = EnumSource.Mode.EXCLUDE)
    void aWrongKeyIsRefusedAndTheNextClientIsServed(ClientLogin login) throws Exception {
        try (JavaMonitor node = JavaMonitor.start(directory, login)) {
            Path conf = node.conf();
            ClientRun refused = ClientRun.ceph(
                    conf, "--keyring", node.wrongKeyring().toString(), "--connect-timeout", "5", "status");
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.output()).containsAnyOf("EACCES", "Permission denied", "permission denied");
            assertThat(node.refusals()).contains(LoginListener.Reason.WRONG_KEY);
            assertThat(ceph(conf, "status")).isEqualTo(JavaMonitor.STATUS);
        }
    }

    private static String ceph(Path conf, String... args) throws Exception {
        return ClientRun.ceph(conf, args).succeeded();
    }
}
