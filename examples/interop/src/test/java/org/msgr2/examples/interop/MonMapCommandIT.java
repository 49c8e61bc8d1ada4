package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code msgr ceph mon-map} on real monitors, against what {@code ceph mon dump} says of them. */
@RequiresCeph
@Timeout(180)
final class MonMapCommandIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What only a member of the quorum knows, or what depends on the one that is asked. */
    private static final List<String> NOT_IN_THE_MAP = List.of("quorum", "features");

    @Test
    void printsTheMapOfOneMonitorAsCephDoes() throws Exception {
        try (CephCluster ceph = LocalCeph.start(settings().withMsgr1(true))) {
            compare(ceph, ceph.monAddresses().get(0));
        }
    }

    @Test
    void printsTheMapOfThreeMonitorsWhicheverIsAsked() throws Exception {
        try (CephCluster ceph = LocalCeph.start(settings().withMonitors(3))) {
            for (String address : ceph.monAddresses()) {
                compare(ceph, address);
            }
        }
    }

    @Test
    void findsTheMonitorInCephsOwnConfiguration() throws Exception {
        try (CephCluster ceph = LocalCeph.start(settings())) {
            MsgrProcess table =
                    MsgrProcess.run("ceph", "mon", "dump", "--conf", ceph.conf().toString(), "--auth", "none");

            assertThat(table.err()).isEmpty();
            assertThat(table.exitCode()).isZero();
            assertThat(table.out())
                    .contains(ceph.fsid())
                    .contains("pacific")
                    .contains(ceph.monAddresses().get(0))
                    .contains("mon.a");
        }
    }

    @Test
    void aClusterThatWantsCephxIsNamedInOneLine() throws Exception {
        try (CephCluster ceph = LocalCeph.start(CephSettings.defaults())) {
            MsgrProcess refused = MsgrProcess.run(
                    "ceph", "mon-map", "--mon", ceph.monAddresses().get(0), "--auth", "none");

            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err().lines()).hasSize(1);
            assertThat(refused.err()).startsWith("msgr: ").contains("cephx");
        }
    }

    private static CephSettings settings() {
        return CephSettings.defaults().withAuth(CephSettings.Auth.NONE).withModes(CephSettings.Mode.CRC);
    }

    private static void compare(CephCluster ceph, String address) throws Exception {
        MsgrProcess ours = MsgrProcess.run("ceph", "mon-map", "--mon", address, "--auth", "none", "--json");
        assertThat(ours.err()).isEmpty();
        assertThat(ours.exitCode()).isZero();

        JsonNode real = JSON.readTree(ceph.ceph("mon", "dump", "-f", "json"));
        ((ObjectNode) real).remove(NOT_IN_THE_MAP);
        JsonNode printed = JSON.readTree(ours.out());
        ((ObjectNode) printed).remove(NOT_IN_THE_MAP);
        assertThat(printed).isEqualTo(real);
    }
}
