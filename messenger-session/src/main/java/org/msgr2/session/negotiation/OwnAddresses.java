package org.msgr2.session.negotiation;

import java.util.ArrayList;
import java.util.List;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;

/**
 * The addresses that a messenger tells its peers. A messenger that listens knows them, except for the IP if it listens
 * on all interfaces; one that only dials learns its IP from the first peer that says how it sees us
 * (spec/msgr2 §3.2). Thread-safe.
 */
public final class OwnAddresses {
    private final int nonce;
    private EntityAddrVec addrs = EntityAddrVec.EMPTY;

    /** @param nonce tells this process from others behind the same address, as long as nothing is bound */
    public OwnAddresses(int nonce) {
        this.nonce = nonce;
    }

    /** Adds an address that is listened on. */
    public synchronized void bound(EntityAddr addr) {
        List<EntityAddr> all = new ArrayList<>(isBound() ? addrs.addrs() : List.of());
        all.add(addr);
        addrs = new EntityAddrVec(all);
    }

    /** Removes an address that is no longer listened on. */
    public synchronized void unbound(EntityAddr addr) {
        List<EntityAddr> rest = new ArrayList<>(addrs.addrs());
        rest.removeIf(own -> own.equals(addr) || isLearnedFrom(addr, own));
        addrs = new EntityAddrVec(rest);
    }

    /**
     * A peer told how it sees us. Used at most once, and only where an IP is missing: a second opinion changes nothing.
     *
     * @return the addresses to tell from now on
     */
    public synchronized EntityAddrVec learn(EntityAddr seenAs) {
        if ((!addrs.isEmpty() && !addrs.first().isBlankIp()) || seenAs.isBlankIp()) {
            return addrs;
        }
        if (addrs.isEmpty()) {
            addrs = EntityAddrVec.of(
                    seenAs.withType(EntityAddr.Type.ANY).withPort(0).withNonce(nonce));
        } else {
            addrs = withIp(seenAs);
        }
        return addrs;
    }

    /** What to tell a peer that has reached us at {@code local}: a blank IP is replaced by that one. */
    public synchronized EntityAddrVec toldTo(EntityAddr local) {
        return withIp(local);
    }

    public synchronized EntityAddrVec current() {
        return addrs;
    }

    private boolean isBound() {
        return !addrs.isEmpty() && addrs.first().type() != EntityAddr.Type.ANY;
    }

    /** Whether {@link #withIp} has made {@code own} of {@code bound}. */
    private static boolean isLearnedFrom(EntityAddr bound, EntityAddr own) {
        return bound.isBlankIp()
                && own.type() == bound.type()
                && own.nonce() == bound.nonce()
                && own.family() == bound.family()
                && own.port() == bound.port();
    }

    /** Type, port and nonce stay; a blank IP of the same family is filled in. */
    private EntityAddrVec withIp(EntityAddr known) {
        List<EntityAddr> patched = new ArrayList<>();
        for (EntityAddr addr : addrs.addrs()) {
            boolean missing = addr.isBlankIp() && addr.family() == known.family();
            patched.add(
                    missing
                            ? EntityAddr.of(addr.type(), addr.nonce(), known.ip(), known.scopeId(), addr.port())
                            : addr);
        }
        return new EntityAddrVec(patched);
    }
}
