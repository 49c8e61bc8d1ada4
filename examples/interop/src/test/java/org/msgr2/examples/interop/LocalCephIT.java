package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves the harness, so that a failure of another test here is about msgr2. */
@RequiresCeph
@Timeout(120)
final class LocalCephIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path parent;

    @ParameterizedTest
    @EnumSource
    void aMonitorAnswersTheRealClientWithEitherAuthentication(CephSettings.Auth auth) throws IOException {
        try (CephCluster ceph = LocalCeph.start(CephSettings.defaults().withAuth(auth))) {
            JsonNode dump = JSON.readTree(ceph.ceph("mon", "dump", "-f", "json"));

            assertThat(dump.path("fsid").asText()).isEqualTo(ceph.fsid());
            assertThat(publicAddresses(dump)).containsExactlyElementsOf(ceph.monAddresses());
            assertThat(ceph.conf()).isRegularFile();
            assertThat(ceph.keyring()).content().contains("[client.admin]");
            assertThat(ceph.description())
                    .contains(CephInstalled.here().version())
                    .contains("auth " + auth.confValue());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMonitorOffersOnlyTheModesOfItsSettings(CephSettings.Mode mode) {
        CephSettings.Mode other = mode == CephSettings.Mode.CRC ? CephSettings.Mode.SECURE : CephSettings.Mode.CRC;
        try (CephCluster ceph = LocalCeph.start(CephSettings.defaults().withModes(mode))) {
            assertThat(ceph.ceph("mon", "stat")).contains("quorum 0 a");
            assertThatThrownBy(() -> ceph.ceph("--ms_mon_client_mode=" + other.confValue(), "mon", "stat"))
                    .isInstanceOf(PeerException.class)
                    .hasMessageContaining("ended with status");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void threeMonitorsFormAQuorum(boolean msgr1) throws IOException {
        CephSettings settings = CephSettings.defaults().withMonitors(3).withMsgr1(msgr1);
        try (CephCluster ceph = LocalCeph.start(settings)) {
            JsonNode status = JSON.readTree(ceph.ceph("quorum_status", "-f", "json"));

            assertThat(status.path("quorum_names"))
                    .extracting(JsonNode::asText)
                    .containsExactlyInAnyOrder("a", "b", "c");
            assertThat(publicAddresses(status.path("monmap"))).containsExactlyElementsOf(ceph.monAddresses());
        }
    }

    @Test
    void aMonitorListensOnMsgr1TooWhenAsked() throws IOException {
        try (CephCluster ceph = LocalCeph.start(CephSettings.defaults().withMsgr1(true))) {
            JsonNode vector =
                    JSON.readTree(ceph.ceph("mon", "dump", "-f", "json")).at("/mons/0/public_addrs/addrvec");

            assertThat(vector)
                    .extracting(address -> address.path("type").asText())
                    .containsExactly("v2", "v1");
            assertThat(ceph.monAddresses()).singleElement().asString().startsWith("v2:127.0.0.1:");
        }
    }

    @Test
    @RequiresCeph({CephProgram.OSD, CephProgram.MGR, CephProgram.MDS})
    void theOtherDaemonsComeUpToo() throws IOException {
        CephSettings settings =
                CephSettings.defaults().withOsds(2).withMgr(true).withMds(true);
        LocalCeph ceph = LocalCeph.start(settings);
        try (ceph) {
            JsonNode status = JSON.readTree(ceph.ceph("status", "-f", "json"));

            assertThat(status.at("/osdmap/num_up_osds").asInt()).isEqualTo(2);
            assertThat(status.at("/mgrmap/available").asBoolean()).isTrue();
            assertThat(status.at("/fsmap/up").asInt()).isEqualTo(1);
            assertThat(ListeningSockets.of(ceph.daemons()))
                    .hasSizeGreaterThan(ceph.daemons().size());
            assertThat(ListeningSockets.beyondLoopback(ceph.daemons())).isEmpty();
        }
        assertNothingLeft(ceph);
    }

    @Test
    void leavesNothingBehindAfterClose() throws IOException {
        LocalCeph ceph = LocalCeph.start(CephSettings.defaults());
        int port = port(ceph.monAddresses().get(0));
        new Socket(InetAddress.getLoopbackAddress(), port).close();

        ceph.close();

        assertNothingLeft(ceph);
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }

    @Test
    void closingTwiceIsHarmless() {
        LocalCeph ceph = LocalCeph.start(CephSettings.defaults());
        ceph.close();
        ceph.close();
        assertThatThrownBy(() -> ceph.ceph("mon", "stat"))
                .isInstanceOf(PeerException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void closesEvenWhenTheThreadIsInterrupted() {
        LocalCeph ceph = LocalCeph.start(CephSettings.defaults());
        Thread.currentThread().interrupt();
        ceph.close();
        assertThat(Thread.interrupted())
                .as("the interrupt is kept for the caller")
                .isTrue();
        assertNothingLeft(ceph);
    }

    @Test
    void leavesNothingBehindWhenTheJvmIsTerminated() throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        AbandonedCluster.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = jvm.inputReader(StandardCharsets.UTF_8)) {
            Path directory = Path.of(said.readLine());
            long monitor = Long.parseLong(said.readLine());
            assertThat(directory).isDirectory();
            assertThat(isAlive(monitor)).isTrue();

            ProcessHandle handle = jvm.toHandle();
            handle.destroy();
            handle.onExit().get(20, TimeUnit.SECONDS);

            assertThat(directory).doesNotExist();
            assertThat(isAlive(monitor)).isFalse();
        } finally {
            jvm.destroyForcibly();
        }
    }

    @Test
    void aBadConfLineFailsWithTheProgramsOwnWords() throws IOException {
        CephSettings settings = CephSettings.defaults().withExtraConf("this is no setting");

        assertThatThrownBy(() -> LocalCeph.start(settings, FreePorts::choose, parent))
                .isInstanceOf(PeerException.class)
                .hasMessageContaining("monmaptool")
                .hasMessageContaining("error reading config file");
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void aMonitorThatDoesNotStartFailsWithTheTailOfItsLog() throws IOException {
        CephSettings settings = CephSettings.defaults().withExtraConf("[mon]", "ms type = carrier-pigeon");

        assertThatThrownBy(() -> LocalCeph.start(settings, FreePorts::choose, parent))
                .isInstanceOf(PeerException.class)
                .hasMessageContaining("mon.a ended with status 1")
                .hasMessageContaining("unrecognized ms_type 'carrier-pigeon'");
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void startsOverOnOtherPortsWhenOneWasTakenMeanwhile() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Deque<List<Integer>> choices = new ArrayDeque<>();
            choices.add(List.of(taken.getLocalPort()));
            choices.add(FreePorts.choose(1));

            try (CephCluster ceph = LocalCeph.start(CephSettings.defaults(), count -> choices.remove(), parent)) {
                assertThat(port(ceph.monAddresses().get(0))).isNotEqualTo(taken.getLocalPort());
                assertThat(ceph.ceph("mon", "stat")).contains("quorum 0 a");
            }
            assertThat(choices).isEmpty();
        }
    }

    @Test
    void givesUpWhenEveryPortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Integer> asked = new ArrayList<>();

            assertThatThrownBy(() -> LocalCeph.start(
                            CephSettings.defaults(),
                            count -> {
                                asked.add(count);
                                return List.of(taken.getLocalPort());
                            },
                            parent))
                    .isInstanceOf(PeerException.class)
                    .hasMessageContaining("Address already in use");
            assertThat(asked).hasSize(5);
            assertThat(parent).isEmptyDirectory();
        }
    }

    @Test
    void aCommandThatFailsThrowsWithItsStandardError() {
        try (CephCluster ceph = LocalCeph.start(CephSettings.defaults())) {
            assertThatThrownBy(() -> ceph.ceph("no", "such", "command"))
                    .isInstanceOf(PeerException.class)
                    .hasMessageContaining("ended with status 22")
                    .hasMessageContaining("no valid command found");
        }
    }

    @Test
    void aCommandThatDoesNotEndIsEnded() {
        ClusterSite site = ClusterSite.create(new ThisMachine(CephInstalled.here()), parent);
        try (site) {
            site.open();
            // An address where nobody answers: the real client keeps trying.
            int port = FreePorts.choose(1).get(0);
            site.write(site.conf(), "[global]\nauth client required = none\nmon host = v2:127.0.0.1:" + port + "\n");

            assertThatThrownBy(() -> site.run(Duration.ofMillis(500), CephProgram.CEPH, "mon", "stat"))
                    .isInstanceOf(PeerException.class)
                    .hasMessageContaining("did not end within 500 ms");
        }
        assertThat(site.directory()).doesNotExist();
    }

    @Test
    void twoClustersDoNotDisturbEachOther() {
        try (CephCluster one = LocalCeph.start(CephSettings.defaults());
                CephCluster other = LocalCeph.start(CephSettings.defaults())) {
            assertThat(one.ceph("fsid").strip()).isEqualTo(one.fsid());
            assertThat(other.ceph("fsid").strip()).isEqualTo(other.fsid()).isNotEqualTo(one.fsid());
        }
    }

    private static List<String> publicAddresses(JsonNode monmap) {
        JsonNode monitors = monmap.path("mons");
        return IntStream.range(0, monitors.size())
                .mapToObj(i -> monitors.get(i).at("/public_addrs/addrvec/0"))
                .map(address -> "%s:%s/%d"
                        .formatted(
                                address.path("type").asText(),
                                address.path("addr").asText(),
                                address.path("nonce").asInt()))
                .toList();
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1, address.lastIndexOf('/')));
    }

    private static void assertNothingLeft(LocalCeph ceph) {
        assertThat(ceph.directory()).doesNotExist();
        assertThat(ceph.daemons())
                .isNotEmpty()
                .noneMatch(daemon -> isAlive(daemon.process().pid()));
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
