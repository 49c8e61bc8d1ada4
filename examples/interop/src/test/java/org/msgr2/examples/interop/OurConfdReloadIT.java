package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How our confd sees changes: as the real one does, and some that it overlooks. */
final class OurConfdReloadIT extends ConfdReloadContract {

    private static final Duration SOON = Duration.ofSeconds(5);

    @Override
    ConfdDaemon start(ConfdHost files) throws IOException {
        return OurConfd.start(files);
    }

    @Override
    Duration recoveryLimit() {
        return SOON;
    }

    /** The real one compares inode, size and the second of the modification, and overlooks this for good. */
    @Test
    void aFileOfTheSameSizeWrittenInPlaceWithinTheSameSecondIsSeen() throws IOException {
        FileTime second = FileTime.fromMillis(System.currentTimeMillis() / 1000 * 1000);
        for (int round = 2; round <= 9; round++) {
            String name = "master-" + round;
            host().overwriteConfig(config(name));
            Files.setLastModifiedTime(host().config(), FileTime.fromMillis(second.toMillis() + round));
            awaitMaster(SOON, now -> now.equals(Optional.of(name)), name);
        }
    }
}
