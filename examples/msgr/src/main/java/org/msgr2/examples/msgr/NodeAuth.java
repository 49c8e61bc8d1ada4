package org.msgr2.examples.msgr;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.FailedLogins;

/** How a node recognizes its peers, and protects what it says to them. */
sealed interface NodeAuth {
    /** All modes, as {@code serve} offers them if nothing is said. */
    List<ConnectionMode> MODES = List.of(ConnectionMode.SECURE, ConnectionMode.CRC);

    /** Not at all. */
    record None() implements NodeAuth {}

    /**
     * By their keys; the node is its own monitor.
     *
     * @param keyring null is the one in the node's directory, which is made if it is missing
     * @param modes that peers may choose from
     * @param refusals hears of some of those that are refused
     */
    record Cephx(@Nullable Path keyring, List<ConnectionMode> modes, FailedLogins.Log refusals) implements NodeAuth {
        public Cephx {
            modes = List.copyOf(modes);
        }
    }
}
