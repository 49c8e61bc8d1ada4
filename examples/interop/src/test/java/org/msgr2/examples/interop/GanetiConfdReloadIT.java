package org.msgr2.examples.interop;

import java.io.IOException;
import java.time.Duration;

/** How ganeti-confd itself sees changes. */
final class GanetiConfdReloadIT extends ConfdReloadContract {

    @Override
    ConfdDaemon start(ConfdHost files) throws IOException {
        return GanetiConfd.start(GanetiInstalled.here(), files);
    }

    /** It may keep watching a corrupt file that was read in part, until its timer of 17 s (spec/confd §5). */
    @Override
    Duration recoveryLimit() {
        return Duration.ofSeconds(40);
    }
}
