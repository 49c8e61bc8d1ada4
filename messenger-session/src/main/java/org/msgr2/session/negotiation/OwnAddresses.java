package org.msgr2.session.negotiation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;

/**
 * The addresses that a messenger tells its peers. A messenger that listens knows them, except for the IP if it listens
 * on all interfaces; one that only dials learns its IP from the first peer that says how it sees us
 * (spec/msgr2 §3.2). Thread-safe.
 */
public final class OwnAddresses {
    private int nonce;
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
     * We are another from now on: at other addresses, with another nonce.
     *
     * @param nonces added to our nonce
     * @param bound the addresses that are listened on; nothing if none is
     */
    public synchronized void renew(int nonces, EntityAddrVec bound) {
        nonce += nonces;
        addrs = bound;
    }

    /**
     * Whether that address is surely our own. Others may be, too: who listens on all interfaces does not know their addresses.
     */
    public synchronized boolean isOwn(EntityAddr addr) {
        for (EntityAddr own : addrs.addrs()) {
            boolean everywhere = own.isBlankIp() && isLoopback(addr) && isLearnedFrom(own, addr);
            if (own.type() != EntityAddr.Type.ANY && (own.equals(addr) || everywhere)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLoopback(EntityAddr addr) {
        byte[] ip = addr.ip();
        if (addr.family() == EntityAddr.FAMILY_INET) {
            return ip[0] == 127;
        }
        byte[] one = new byte[ip.length];
        if (one.length > 0) {
            one[one.length - 1] = 1;
        }
        return addr.family() == EntityAddr.FAMILY_INET6 && Arrays.equals(ip, one);
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
