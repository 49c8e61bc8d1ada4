package org.msgr2.session.rpc;

import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;

/**
 * Where a service can be called.
 *
 * @param type what the peer has to be
 * @param addrs to dial
 * @param priority those with the lowest are tried first, as in a DNS SRV record
 * @param weight among those of one priority, how often it is the first; 0 is seldom
 */
public record Target(EntityType type, EntityAddrVec addrs, int priority, int weight) {

    /** One of equals. */
    public static Target of(EntityType type, EntityAddr addr) {
        return new Target(type, EntityAddrVec.of(addr), 0, 0);
    }
}
