package org.msgr2.crypto.auth.cephx;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Where a service gets its rotating keys from: its session with a monitor, or a {@link TicketAuthority} in the same node.
 * Does not block.
 */
@FunctionalInterface
public interface RotatingKeySource {

    /**
     * Asks for the keys as they are then.
     *
     * @param delay how long to wait before asking, so that there is at most one request per second
     * @return completes on any thread, and fails if there is no answer in time
     */
    CompletionStage<RotatingSecrets> fetch(Duration delay);
}
