package org.msgr2.session.mon;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.mon.MonInfo;
import org.msgr2.core.mon.MonMap;

/**
 * Who the monitor of a session is, to be compared with the map: a map that changes, or a monitor that has moved, makes it
 * somebody else, whom we have not asked for. Not thread-safe.
 */
final class MonitorIdentity {
    private final EntityAddr addr;
    private final EntityName ident;
    private @Nullable String name;

    /**
     * @param addr where it was dialled
     * @param ident what it calls itself: {@code mon.} and its rank
     */
    MonitorIdentity(EntityAddr addr, EntityName ident) {
        this.addr = addr;
        this.ident = ident;
    }

    /** @return why it is not the one that the map has at its address; null if it is */
    @Nullable ProtocolException mismatch(MonMap map) {
        String epoch = "the monitors' map of epoch " + map.epoch();
        Optional<MonInfo> there = map.monitors().stream()
                .filter(monitor -> monitor.publicAddrs().contains(addr))
                .findFirst();
        if (there.isEmpty()) {
            return fault("not in " + epoch + ": it has moved, or was removed");
        }
        String mapped = there.get().name();
        if (name != null && !name.equals(mapped)) {
            return fault("was monitor " + name + ", in " + epoch + " that address is of monitor " + mapped);
        }
        if (isOfAnother(map, mapped)) {
            return fault("calls itself " + ident + ", in " + epoch + " monitor " + mapped + " has rank "
                    + map.rankOf(mapped));
        }
        name = mapped;
        return null;
    }

    /** A rank that the map does not have may be a newer map's, or not be meant as one. */
    private boolean isOfAnother(MonMap map, String mapped) {
        int rank;
        try {
            rank = Integer.parseInt(ident.id());
        } catch (NumberFormatException e) {
            return false;
        }
        return rank >= 0 && rank < map.ranks().size() && rank != map.rankOf(mapped);
    }

    private ProtocolException fault(String what) {
        return new ProtocolException(FaultKind.SEQUENCE, what).fromPeer(addr.toString());
    }
}
