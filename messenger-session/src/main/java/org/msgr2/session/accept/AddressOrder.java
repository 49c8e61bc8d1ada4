package org.msgr2.session.accept;

import org.msgr2.core.address.EntityAddr;

/** Which end of two that dial each other at the same time has the smaller address, and so keeps its connection. */
public enum AddressOrder {
    PEER_SMALLER,
    PEER_LARGER,
    SAME;

    /** By the bytes of the addresses as they are in memory, which is not the order that people see (spec/msgr2 §5.3). */
    public static AddressOrder of(EntityAddr peer, EntityAddr self) {
        int order = peer.compareTo(self);
        return order < 0 ? PEER_SMALLER : order > 0 ? PEER_LARGER : SAME;
    }
}
