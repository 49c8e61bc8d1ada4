package org.msgr2.session.mon;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.mon.ElectionStrategy;
import org.msgr2.core.mon.MonInfo;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.UTime;

/**
 * The one monitor of a cluster that has no other. Its map never changes. Immutable.
 *
 * @param name without {@code mon.}
 * @param fsid the cluster's id
 * @param created when the cluster was
 */
public record LoneMonitor(String name, UUID fsid, UTime created) {
    /** A map of epoch 0 makes clients wait for a better one (spec/msgr2-observed §10). */
    public static final long EPOCH = 1;

    /** As whose monitor it behaves: pacific. */
    public static final int MIN_RELEASE = 16;

    /** @param addrs those of the ident frame, or clients believe that they talk to somebody else */
    public MonMap map(EntityAddrVec addrs) {
        return new MonMap(
                fsid,
                EPOCH,
                created,
                created,
                0,
                0,
                List.of(new MonInfo(name, addrs, 0, 0, Map.of())),
                List.of(name),
                MIN_RELEASE,
                Set.of(),
                ElectionStrategy.CLASSIC,
                Set.of(),
                false,
                "",
                Set.of());
    }
}
