package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.feature.CephFeature;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Policy;

/** A session of ours with a real monitor, in both revisions of the protocol. */
@RequiresCeph
@Timeout(120)
final class MonitorSessionIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static CephCluster ceph;

    @BeforeAll
    static void startMonitor() {
        ceph = LocalCeph.start(CephSettings.defaults()
                .withAuth(CephSettings.Auth.NONE)
                .withModes(CephSettings.Mode.CRC)
                .withMsgr1(true)
                .withOsds(1));
    }

    @AfterAll
    static void stopMonitor() {
        if (ceph != null) {
            ceph.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theMonitorTellsItsMap(Revision revision) throws Exception {
        try (InteropClient client = client(revision, CephFeatures.PACIFIC)) {
            Connection monitor = client.connect(EntityType.MON, address());
            ConnectionInfo info = InteropClient.ready(monitor);
            MonMap map = client.monMap(monitor);

            assertThat(info.revision()).isEqualTo(revision);
            assertThat(info.mode()).isEqualTo(ConnectionMode.CRC);
            assertThat(info.peerName()).hasToString("mon.0");
            assertThat(info.features().has(CephFeature.SERVER_PACIFIC)).isTrue();
            assertThat(info.localAddrs().first().type()).isEqualTo(EntityAddr.Type.ANY);
            JsonNode dump = JSON.readTree(ceph.ceph("mon", "dump", "-f", "json"));
            assertThat(map.fsid()).hasToString(dump.path("fsid").asText());
            assertThat(map.epoch()).isEqualTo(dump.path("epoch").asLong());
            assertThat(micros(map.created()))
                    .isEqualTo(Instant.parse(dump.path("created").asText()));
            assertThat(micros(map.lastChanged()))
                    .isEqualTo(Instant.parse(dump.path("modified").asText()));
            assertThat(map.minMonRelease())
                    .isEqualTo(dump.path("min_mon_release").asInt());
            assertThat(map.strategy().code())
                    .isEqualTo(dump.path("election_strategy").asInt());
            assertThat(addresses(map)).isEqualTo(addresses(dump));
            assertThat(map.monitors().get(0).publicAddrs()).isEqualTo(info.peerAddrs());
        }
    }

    @Test
    void theMonitorAnswersKeepalives() throws Exception {
        try (InteropClient client = client(Revision.MSGR2_1, CephFeatures.PACIFIC)) {
            Connection monitor = client.connect(EntityType.MON, address());
            for (int i = 0; i < 3; i++) {
                assertThat(InteropClient.ping(monitor)).isPositive();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MON", "OSD"})
    void aDaemonNamesTheFeaturesThatAClientLacks(EntityType type) throws Exception {
        try (InteropClient client = client(Revision.MSGR2_1, CephFeatures.MSGR2_REQUIRED)) {
            client.connect(type, DaemonAddress.of(ceph, type).orElseThrow());

            assertThat(client.failure())
                    .hasMessageContaining("IDENT_MISSING_FEATURES")
                    .hasMessageContaining("CRUSH_TUNABLES5");
        }
    }

    @Test
    void aPeerOfTheWrongTypeIsRefusedForGood() {
        try (InteropClient client = client(Revision.MSGR2_1, CephFeatures.PACIFIC)) {
            Connection monitor = client.connect(EntityType.OSD, address());
            Throwable failure = catchThrowable(() -> monitor.ready()
                    .toCompletableFuture()
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join());

            assertThat(failure).isInstanceOf(CompletionException.class).cause().isInstanceOf(ProtocolException.class);
            assertThat(failure).hasMessageContaining("of type mon, expected osd");
        }
    }

    /** As the real command prints it. */
    private static Instant micros(UTime time) {
        return time.toInstant().truncatedTo(ChronoUnit.MICROS);
    }

    private static EntityAddr address() {
        return EntityAddr.parse(ceph.monAddresses().get(0));
    }

    private static InteropClient client(Revision revision, CephFeatures features) {
        BannerFeatures banner = revision == Revision.MSGR2_1 ? BannerFeatures.REVISION_1 : BannerFeatures.NONE;
        return new InteropClient(
                "client.admin",
                builder -> builder.dialPolicy(Policy.lossyClient().withFeatures(features, CephFeatures.NONE))
                        .bannerFeatures(banner, BannerFeatures.NONE));
    }

    private static List<String> addresses(MonMap map) {
        List<String> all = new ArrayList<>();
        map.monitors()
                .forEach(mon -> mon.publicAddrs()
                        .addrs()
                        .forEach(addr -> all.add(mon.name() + " " + map.rankOf(mon.name()) + " " + addr)));
        return all;
    }

    private static List<String> addresses(JsonNode dump) {
        List<String> all = new ArrayList<>();
        for (JsonNode mon : dump.path("mons")) {
            for (JsonNode addr : mon.path("public_addrs").path("addrvec")) {
                String text = addr.path("type").asText() + ":"
                        + addr.path("addr").asText() + "/" + addr.path("nonce").asText();
                all.add(mon.path("name").asText() + " " + mon.path("rank").asInt() + " " + text);
            }
        }
        return all;
    }
}
