package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.SessionEvent;

/** Ends that want different methods and modes: what they agree on, and what the user reads when they do not. */
@RequiresCeph({CephProgram.MON, CephProgram.MONMAPTOOL, CephProgram.CEPH, CephProgram.OSD})
@Timeout(120)
final class AuthNegotiationIT {

    @TempDir
    private Path directory;

    // Our clients at real daemons

    @Test
    void aMonitorThatRefusesMethodNoneIsOfferedCephxOnTheSameConnection() throws Exception {
        try (CephCluster ceph = startWarm(CephSettings.defaults())) {
            CephxConfig both = config(ceph, ConnectionMode.CRC, AuthMethod.NONE, AuthMethod.CEPHX);
            try (InteropClient client = InteropClient.cephx(both)) {
                Connection monitor = client.monitor(ceph);
                ConnectionInfo info = InteropClient.ready(monitor);
                InteropClient.ping(monitor);

                assertThat(info.identity().method()).isEqualTo(AuthMethod.CEPHX);
                // A second TCP connection would be a second attempt.
                assertThat(client.recorder().events()).singleElement().isInstanceOf(SessionEvent.Connected.class);
            }
        }
    }

    @Test
    void aMonitorWithoutCephxIsOfferedMethodNoneOnTheSameConnection() throws Exception {
        try (CephCluster ceph = withoutAuth()) {
            CephxConfig both = config(ceph, ConnectionMode.CRC, AuthMethod.CEPHX, AuthMethod.NONE);
            try (InteropClient client = InteropClient.cephx(both)) {
                Connection monitor = client.monitor(ceph);
                ConnectionInfo info = InteropClient.ready(monitor);
                InteropClient.ping(monitor);

                assertThat(info.identity().method()).isEqualTo(AuthMethod.NONE);
                assertThat(client.recorder().events()).singleElement().isInstanceOf(SessionEvent.Connected.class);
            }
        }
    }

    @Test
    void aClientReadsWhichMethodAMonitorWants() throws Exception {
        try (CephCluster cephx = startWarm(CephSettings.defaults());
                InteropClient client = InteropClient.of(cephx, ClientLogin.NONE_CRC)) {
            client.monitor(cephx);
            assertRefused(client, "method none", "-95", "methods [cephx]", "modes [crc, secure]");
        }
        try (CephCluster none = withoutAuth();
                InteropClient client = InteropClient.of(none, ClientLogin.CEPHX_CRC)) {
            client.monitor(none);
            assertRefused(client, "method cephx", "-95", "methods [none]");
        }
    }

    @ParameterizedTest
    @CsvSource({"CRC, SECURE", "SECURE, CRC"})
    void aClientReadsWhichModeADaemonWants(CephSettings.Mode theirs, ConnectionMode ours) throws Exception {
        CephSettings settings = CephSettings.defaults()
                .withOsds(1)
                .withModes(theirs)
                // The monitor takes any, so that the client gets its ticket for the OSD.
                .withExtraConf("[mon.a]", "ms mon service mode = crc secure");
        try (CephCluster ceph = startWarm(settings)) {
            CephxConfig config = config(ceph, ours, AuthMethod.CEPHX);
            try (InteropClient client = InteropClient.cephx(config)) {
                InteropClient.ready(client.monitor(ceph));
                client.connect(
                        EntityType.OSD, DaemonAddress.of(ceph, EntityType.OSD).orElseThrow());
                assertRefused(client, "method cephx", "-95", "modes [" + theirs.confValue() + "]");
            }
        }
        try (CephCluster ceph = startWarm(CephSettings.defaults().withModes(theirs))) {
            CephxConfig config = config(ceph, ours, AuthMethod.CEPHX);
            try (InteropClient client = InteropClient.cephx(config)) {
                client.monitor(ceph);
                assertRefused(client, "method cephx", "-95", "modes [" + theirs.confValue() + "]");
            }
        }
    }

    private static void assertRefused(InteropClient client, String... words) throws Exception {
        ProtocolException failure = client.failure();
        assertThat(failure).hasMessageContainingAll(words);
        assertThat(failure.kind()).isEqualTo(FaultKind.AUTH);
    }

    /** A monitor that is new closes the first connections while they authenticate; this one has got over that. */
    private static CephCluster startWarm(CephSettings settings) {
        LocalCeph ceph = LocalCeph.start(settings);
        ceph.ceph("mon", "stat");
        return ceph;
    }

    private static CephCluster withoutAuth() {
        return startWarm(
                CephSettings.defaults().withAuth(CephSettings.Auth.NONE).withModes(CephSettings.Mode.CRC));
    }

    private static CephxConfig config(CephCluster ceph, ConnectionMode mode, AuthMethod... methods) throws Exception {
        return InteropClient.config(ceph, InteropClient.key(ceph), List.of(mode))
                .withMethods(List.of(methods));
    }

    // Ceph's own client at nodes of ours

    @ParameterizedTest
    @EnumSource
    void cephThatAllowsEveryMethodAndModeFindsTheOneThatANodeWants(ClientLogin login) throws Exception {
        try (JavaMonitor node = JavaMonitor.start(directory, login)) {
            ClientRun.ceph(node.conf(), "status").succeeded();
            long sockets = node.accepted();

            for (String methods : List.of("cephx, none", "none, cephx")) {
                Path conf = node.conf(methods, "crc secure");
                assertThat(ClientRun.ceph(conf, "status").succeeded()).isEqualTo(JavaMonitor.STATUS);
            }
            // Who is refused one method tries the other on the same TCP connection.
            assertThat(node.accepted()).isEqualTo(3 * sockets);
            assertThat(node.askers())
                    .isNotEmpty()
                    .allSatisfy(peer -> assertThat(peer.method()).isEqualTo(login.method()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NONE_CRC, CEPHX_CRC",
        "CEPHX_CRC, NONE_CRC",
        "CEPHX_SECURE, NONE_CRC",
        "CEPHX_CRC, CEPHX_SECURE",
        "CEPHX_SECURE, CEPHX_CRC",
    })
    void cephReadsThatItHasNothingInCommonWithANode(ClientLogin wanted, ClientLogin offered) throws Exception {
        try (JavaMonitor node = JavaMonitor.start(directory, wanted)) {
            // Its log is written by a thread: without this, the reason is lost now and then.
            Path conf = node.conf(offered, "log flush on exit = true");
            ClientRun refused = ClientRun.ceph(conf, "--connect-timeout", "5", "status");

            assertThat(refused.exitCode()).isNotZero();
            // The code of a method, 1 for none and 2 for cephx, on either side: 16.2 does not say that it was the mode.
            assertThat(refused.output())
                    .contains("server allowed_methods [" + wanted.method().code() + "] but i only support ["
                            + offered.method().code() + "]")
                    .contains("permission denied");
            assertThat(node.askers()).isEmpty();
            assertThat(ClientRun.ceph(node.conf(), "status").succeeded()).isEqualTo(JavaMonitor.STATUS);
        }
    }
}
