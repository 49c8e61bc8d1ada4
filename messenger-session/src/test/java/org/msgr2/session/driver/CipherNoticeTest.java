package org.msgr2.session.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.onwire.AeadProvider;
import org.msgr2.session.testing.LogCapture;

class CipherNoticeTest {
    @Test
    void saysOnceWhoseCipherIsUsed() {
        CipherNotice notice = new CipherNotice();
        try (LogCapture log = LogCapture.of(CipherNotice.class.getName())) {
            notice.agreed(ConnectionMode.CRC);
            assertThat(log.lines()).isEmpty();
            notice.agreed(ConnectionMode.SECURE);
            notice.agreed(ConnectionMode.SECURE);
            assertThat(log.lines())
                    .containsExactly(
                            "secure mode uses " + AeadProvider.preferred().description());
        }
    }
}
