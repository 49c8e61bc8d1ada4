package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;

final class CephKeyringTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L, 123_456_789L);

    @Test
    void aKeyIsTypeTimeLengthAndSixteenRandomBytes() {
        byte[] encoded = Base64.getDecoder().decode(CephKeyring.newKey(NOW));

        assertThat(encoded).hasSize(28);
        ByteBuffer key = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(key.getShort()).isEqualTo((short) 1);
        assertThat(key.getInt()).isEqualTo(1_700_000_000);
        assertThat(key.getInt()).isEqualTo(123_456_789);
        assertThat(key.getShort()).isEqualTo((short) 16);
        assertThat(CephKeyring.newKey(NOW)).isNotEqualTo(CephKeyring.newKey(NOW));
    }

    @Test
    void holdsAKeyForEachDaemonOfTheCluster() {
        CephSettings settings =
                CephSettings.defaults().withOsds(2).withMgr(true).withMds(true);

        assertThat(CephKeyring.render(settings, NOW).lines().filter(line -> line.startsWith("[")))
                .containsExactly("[mon.]", "[client.admin]", "[osd.0]", "[osd.1]", "[mgr.x]", "[mds.a]");
        assertThat(CephKeyring.render(CephSettings.defaults(), NOW).lines().filter(line -> line.startsWith("[")))
                .containsExactly("[mon.]", "[client.admin]");
    }
}
