package org.msgr2.examples.msgr;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.reload.OnBad;
import org.msgr2.confd.wire.WireMode;
import org.msgr2.core.address.EntityAddr;

/**
 * A confd on a node.
 *
 * @param config the cluster's file; it may come later
 * @param udp the front end for Ganeti's own clients; null is none
 * @param luxi where Ganeti's query socket is to be; null is nowhere
 */
record NodeConfd(
        Path config,
        OnBad onBad,
        @Nullable Udp udp,
        @Nullable Path luxi) {

    /**
     * Ganeti's own wire.
     *
     * @param key the file with the cluster's HMAC key
     */
    record Udp(EntityAddr addr, Path key, WireMode wire) {}
}
