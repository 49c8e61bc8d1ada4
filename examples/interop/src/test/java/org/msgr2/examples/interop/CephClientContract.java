package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.mon.MonMap;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;

/**
 * What a client of ours can do with a real cluster, whoever provides that: every kind of daemon, in every way to log in.
 * Only reads. A provider is a subclass.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CephClientContract {

    private static final List<EntityType> DAEMONS =
            List.of(EntityType.MON, EntityType.OSD, EntityType.MGR, EntityType.MDS);

    private final Map<CephSettings.Auth, CephCluster> clusters = new EnumMap<>(CephSettings.Auth.class);
    private final Map<CephCluster, Map<EntityType, Optional<EntityAddr>>> addresses = new HashMap<>();

    /** What the clusters of this provider accept; for each of them {@link #provide} is asked at most once. */
    abstract List<ClientLogin> logins();

    /** A cluster that accepts this. */
    abstract CephCluster provide(CephSettings.Auth auth);

    /** Whether a kind of daemon may be absent, so that its cases are skipped. */
    boolean mayLack(EntityType type) {
        return false;
    }

    /** What a throw-away cluster for this contract is like. */
    static CephSettings settings(CephSettings.Auth auth) {
        CephSettings settings =
                CephSettings.defaults().withAuth(auth).withOsds(1).withMgr(true).withMds(true);
        return auth == CephSettings.Auth.NONE ? settings.withModes(CephSettings.Mode.CRC) : settings;
    }

    private CephCluster cluster(ClientLogin login) {
        return clusters.computeIfAbsent(login.auth(), this::provide);
    }

    @AfterAll
    void giveBack() {
        clusters.values().forEach(CephCluster::close);
    }

    Stream<Arguments> loginsAndDaemons() {
        return logins().stream().flatMap(login -> DAEMONS.stream().map(type -> Arguments.of(login, type)));
    }

    @ParameterizedTest
    @MethodSource("logins")
    void theMonitorsTellTheirMap(ClientLogin login) throws Exception {
        CephCluster ceph = cluster(login);
        for (String address : ceph.monAddresses()) {
            try (InteropClient client = InteropClient.of(ceph, login)) {
                Connection monitor = client.connect(EntityType.MON, EntityAddr.parse(address));
                InteropClient.ready(monitor);
                MonMap map = client.monMap(monitor);

                assertThat(map.fsid()).isEqualTo(UUID.fromString(ceph.fsid()));
                assertThat(map.monitors())
                        .extracting(mon -> mon.publicAddrs().msgr2().toString())
                        .containsExactlyInAnyOrderElementsOf(ceph.monAddresses());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("loginsAndDaemons")
    void aDaemonTakesASessionAndAnswersACommandAndAKeepalive(ClientLogin login, EntityType type) throws Exception {
        CephCluster ceph = cluster(login);
        EntityAddr addr = address(ceph, type);
        UUID fsid = UUID.fromString(ceph.fsid());
        try (InteropClient client = InteropClient.of(ceph, login)) {
            Connection monitor = client.monitor(ceph);
            InteropClient.ready(monitor); // the others want the tickets that it gives
            Connection daemon = client.connect(type, addr);
            ConnectionInfo info = InteropClient.ready(daemon);

            assertThat(info.peerName().type()).isEqualTo(type);
            assertThat(info.mode()).isEqualTo(login.mode());
            assertThat(info.identity().method()).isEqualTo(login.method());
            assertThat(info.identity().authenticated()).isEqualTo(login.auth() == CephSettings.Auth.CEPHX);
            assertThat(InteropClient.ping(daemon)).isPositive();
            if (type == EntityType.MON) {
                assertThat(client.monCommand(daemon, fsid, "{\"prefix\": \"fsid\"}")
                                .strip())
                        .isEqualTo(ceph.fsid());
            } else {
                assertThat(client.daemonCommand(daemon, fsid, "{\"prefix\": \"version\"}"))
                        .contains("version");
            }
        }
    }

    private EntityAddr address(CephCluster ceph, EntityType type) throws IOException {
        Map<EntityType, Optional<EntityAddr>> known =
                addresses.computeIfAbsent(ceph, any -> new EnumMap<>(EntityType.class));
        if (!known.containsKey(type)) {
            known.put(type, DaemonAddress.of(ceph, type));
        }
        Optional<EntityAddr> found = known.get(type);
        Assumptions.assumeTrue(found.isPresent() || !mayLack(type), () -> "no " + type + " in " + ceph.description());
        return found.orElseThrow(() -> new AssertionError("no " + type + " in " + ceph.description()));
    }
}
