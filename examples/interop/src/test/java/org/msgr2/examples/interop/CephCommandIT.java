package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code msgr ceph …} and {@code msgr ping} on a real cluster, by every way to log in. */
@RequiresCeph(CephProgram.OSD)
@Timeout(300)
final class CephCommandIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    /** What the cluster allows, and nothing else. */
    enum Login {
        NONE_CRC(CephSettings.Auth.NONE, CephSettings.Mode.CRC),
        CEPHX_CRC(CephSettings.Auth.CEPHX, CephSettings.Mode.CRC),
        CEPHX_SECURE(CephSettings.Auth.CEPHX, CephSettings.Mode.SECURE);

        private final CephSettings.Auth auth;
        private final CephSettings.Mode mode;

        Login(CephSettings.Auth auth, CephSettings.Mode mode) {
            this.auth = auth;
            this.mode = mode;
        }

        CephCluster start() {
            return LocalCeph.start(
                    CephSettings.defaults().withAuth(auth).withModes(mode).withOsds(1));
        }

        private boolean isCephx() {
            return auth == CephSettings.Auth.CEPHX;
        }

        private String mode() {
            return mode.confValue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void talksToTheClusterAsItsOwnCommandDoes(Login login) throws Exception {
        try (CephCluster ceph = login.start()) {
            List<String> access = new ArrayList<>(List.of("--mon", monitor(ceph)));
            access.addAll(
                    login.isCephx() ? List.of("--keyring", ceph.keyring().toString()) : List.of("--auth", "none"));
            statusHasTheFsid(ceph, access);
            theMonitorDumpIsTheSame(ceph, access);
            theConfigurationFileIsEnough(ceph);
            pings(login, "mon.0", "mon", monitor(ceph), access);
            pings(login, "osd.0", "osd", osd(ceph), access);
            theErrorOfAnUnknownCommandIsNamed(access);
            if (login.isCephx()) {
                aWrongKeyAndAnUnknownEntityAreRefused(ceph);
                withoutACommonModeTheClustersIsNamed(login, ceph);
            }
        }
    }

    private static void statusHasTheFsid(CephCluster ceph, List<String> access) throws Exception {
        MsgrProcess json = msgr(access, "ceph", "status", "--json");
        done(json);
        assertThat(JSON.readTree(json.out()).path("fsid").asText()).isEqualTo(ceph.fsid());
        MsgrProcess text = msgr(access, "ceph", "status");
        done(text);
        assertThat(text.out()).contains("id:     " + ceph.fsid()).contains("osd: 1 osds: 1 up");
    }

    private static void theMonitorDumpIsTheSame(CephCluster ceph, List<String> access) throws Exception {
        MsgrProcess dump = msgr(access, "ceph", "command", "{\"prefix\":\"mon dump\",\"format\":\"json\"}");
        assertThat(dump.exitCode()).as(dump.err()).isZero();
        assertThat(dump.err()).isEqualTo("dumped monmap epoch 1\n");
        assertThat(JSON.readTree(dump.out())).isEqualTo(JSON.readTree(ceph.ceph("mon", "dump", "-f", "json")));
    }

    private static void theConfigurationFileIsEnough(CephCluster ceph) throws Exception {
        MsgrProcess words = msgr(List.of("--conf", ceph.conf().toString()), "ceph", "command", "fsid");
        done(words);
        assertThat(words.out()).isEqualTo(ceph.fsid() + "\n");
    }

    private static void pings(Login login, String name, String type, String addr, List<String> access)
            throws Exception {
        MsgrProcess ping = msgr(access, "ping", "--type", type, "--count", "2", "--json", addr);
        done(ping);
        JsonNode json = JSON.readTree(ping.out());
        assertThat(json.path("peer_name").asText()).isEqualTo(name);
        assertThat(json.path("peer_authenticated").asBoolean()).isEqualTo(login.isCephx());
        assertThat(json.path("mode").asText()).isEqualTo(login.mode());
        assertThat(json.has("aead")).isEqualTo(login == Login.CEPHX_SECURE);
        assertThat(json.path("round_trips_us")).hasSize(2);
    }

    private static void theErrorOfAnUnknownCommandIsNamed(List<String> access) throws Exception {
        MsgrProcess unknown = msgr(access, "ceph", "command", "no such command");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err()).startsWith("msgr: the monitor answers EINVAL (-22): ");
    }

    private void aWrongKeyAndAnUnknownEntityAreRefused(CephCluster ceph) throws Exception {
        Path wrong = directory.resolve("wrong.keyring");
        done(MsgrProcess.run(
                "keyring", "create", wrong.toString(), "--name", "client.admin", "--name", "client.nobody"));
        for (String name : List.of("client.admin", "client.nobody")) {
            MsgrProcess refused = MsgrProcess.run(
                    "ceph", "status", "--mon", monitor(ceph), "--keyring", wrong.toString(), "--name", name);
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err().lines()).hasSize(1);
            assertThat(refused.err()).contains("EACCES").contains("the monitor knows no " + name + ", or another key");
        }
        MsgrProcess absent = MsgrProcess.run(
                "ceph", "status", "--mon", monitor(ceph), "--keyring", wrong.toString(), "--name", "client.other");
        assertThat(absent.err()).contains("it has client.admin, client.nobody");
    }

    private static void withoutACommonModeTheClustersIsNamed(Login login, CephCluster ceph) throws Exception {
        String other = login == Login.CEPHX_SECURE ? "crc" : "secure";
        MsgrProcess refused = MsgrProcess.run(
                "ceph",
                "status",
                "--mode",
                other,
                "--mon",
                monitor(ceph),
                "--keyring",
                ceph.keyring().toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains("EOPNOTSUPP (-95)")
                .contains("modes [" + login.mode() + "]")
                .contains("give --mode " + login.mode());
    }

    private static void done(MsgrProcess process) {
        assertThat(process.err()).isEmpty();
        assertThat(process.exitCode()).isZero();
    }

    private static MsgrProcess msgr(List<String> access, String... args) throws Exception {
        return MsgrProcess.run(
                Stream.concat(Arrays.stream(args), access.stream()).toArray(String[]::new));
    }

    private static String monitor(CephCluster ceph) {
        return ceph.monAddresses().get(0);
    }

    private static String osd(CephCluster ceph) throws Exception {
        JsonNode addrvec = JSON.readTree(ceph.ceph("osd", "dump", "-f", "json")).at("/osds/0/public_addrs/addrvec");
        for (JsonNode addr : addrvec) {
            if (addr.path("type").asText().equals("v2")) {
                return "v2:" + addr.path("addr").asText() + "/"
                        + addr.path("nonce").asText();
            }
        }
        throw new AssertionError("no v2 address in " + addrvec);
    }
}
