package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.DockerClientFactory;

/** Proves what is different in a container, so that a failure of {@link ContainerCephClientIT} is about msgr2. */
@RequiresContainer
@Timeout(180)
final class ContainerCephIT {

    @Test
    void theRealCommandRunsInItAndNothingIsLeftAfterClose() {
        ContainerCeph ceph = ContainerCeph.start(CephSettings.defaults(), ContainerImage.chosen());
        try (ceph) {
            assertThat(ceph.ceph("fsid").strip()).isEqualTo(ceph.fsid());
            assertThat(ceph.description())
                    .contains("in a container of " + ContainerImage.chosen().name());
            assertThatThrownBy(() -> ceph.ceph("no", "such", "command"))
                    .isInstanceOf(PeerException.class)
                    .hasMessageContaining("ended with status 22")
                    .hasMessageContaining("no valid command found");
            assertThat(containersWith(ceph)).isOne();
        }
        assertThat(ceph.directory()).doesNotExist();
        assertThat(ceph.daemons())
                .isNotEmpty()
                .noneMatch(daemon -> daemon.process().isAlive());
        assertThat(containersWith(ceph)).isZero();
    }

    @Test
    void aMonitorThatDoesNotStartFailsWithTheTailOfItsLog() {
        CephSettings settings = CephSettings.defaults().withExtraConf("[mon]", "ms type = carrier-pigeon");

        assertThatThrownBy(() -> ContainerCeph.start(settings, ContainerImage.chosen()))
                .isInstanceOf(PeerException.class)
                .hasMessageContaining("mon.a ended with status 1")
                .hasMessageContaining("unrecognized ms_type 'carrier-pigeon'");
    }

    @Test
    void anImageThatIsNotThereIsNamed() {
        ContainerImage absent = new ContainerImage("msgr2/no-such-image:local", true);

        assertThat(absent.missing())
                .contains("no image msgr2/no-such-image:local (build it with .ci/ceph-image, or name one with"
                        + " -Dmsgr.ceph.image=NAME)");
        assertThatThrownBy(() -> ContainerCeph.start(CephSettings.defaults(), absent))
                .isInstanceOf(PeerException.class)
                .hasMessage("cannot start a container of msgr2/no-such-image:local");
    }

    private static long containersWith(ContainerCeph ceph) {
        return DockerClientFactory.instance().client().listContainersCmd().withShowAll(true).exec().stream()
                .filter(container -> container.getMounts().stream()
                        .anyMatch(mount -> ceph.directory().toString().equals(mount.getSource())))
                .count();
    }
}
