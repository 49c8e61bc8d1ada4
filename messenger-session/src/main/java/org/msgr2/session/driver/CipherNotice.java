package org.msgr2.session.driver;

import java.util.concurrent.atomic.AtomicBoolean;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.onwire.AeadProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says, once, whose cipher secure mode uses: they differ by a factor of four, and nothing but a jar on the class path decides.
 * Thread-safe.
 */
final class CipherNotice {
    /** The process's. */
    static final CipherNotice INSTANCE = new CipherNotice();

    private static final Logger LOG = LoggerFactory.getLogger(CipherNotice.class);

    private final AtomicBoolean said = new AtomicBoolean();

    /** A connection has come to that mode. */
    void agreed(ConnectionMode mode) {
        if (mode == ConnectionMode.SECURE && said.compareAndSet(false, true)) {
            LOG.info("secure mode uses {}", AeadProvider.preferred().description());
        }
    }
}
