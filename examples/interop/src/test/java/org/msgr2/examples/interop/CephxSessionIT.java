package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;

/**
 * What cephx does for a client of ours at a real cluster besides opening sessions, which {@link CephClientContract} is
 * about: tickets that come with the login, and refusals.
 */
@RequiresCeph({CephProgram.MON, CephProgram.MONMAPTOOL, CephProgram.CEPH, CephProgram.OSD})
@Timeout(180)
final class CephxSessionIT {
    private static CephCluster ceph;

    @BeforeAll
    static void startCluster() {
        ceph = LocalCeph.start(CephSettings.defaults().withOsds(1));
    }

    @AfterAll
    static void stopCluster() {
        if (ceph != null) {
            ceph.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MON", "OSD", "MGR", "MDS"})
    void theLoginBringsATicketForEveryService(EntityType service) throws Exception {
        CephxConfig config = config(InteropClient.key(ceph));
        CephxClient tickets = new CephxClient(config, InstantSource.system(), InteropClient.ENTROPY);
        try (InteropClient client = InteropClient.cephx(config, tickets)) {
            assertThat(tickets.hasTicket(service)).isFalse();
            InteropClient.ready(client.monitor(ceph));
            assertThat(tickets.hasTicket(service)).isTrue();
        }
    }

    @Test
    void aWrongKeyIsRefusedAndNamed() throws Exception {
        CryptoKey wrong = CryptoKey.generate(KeyType.AES, UTime.ZERO, InteropClient.ENTROPY);
        try (InteropClient client = InteropClient.cephx(config(wrong))) {
            client.monitor(ceph);
            ProtocolException failure = client.failure();

            assertThat(failure).hasMessageContaining("EACCES");
            assertThat(failure.kind()).isEqualTo(FaultKind.AUTH);
        }
    }

    @Test
    void aDaemonIsNotAskedWithoutATicket() throws Exception {
        try (InteropClient client = InteropClient.cephx(config(InteropClient.key(ceph)))) {
            client.connect(
                    EntityType.OSD, DaemonAddress.of(ceph, EntityType.OSD).orElseThrow());
            assertThat(client.failure()).hasMessageContaining("ticket");
        }
    }

    private static CephxConfig config(CryptoKey key) {
        return InteropClient.config(ceph, key, List.of(ConnectionMode.CRC));
    }
}
