package org.msgr2.session.mon;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.mon.MonInfo;
import org.msgr2.core.mon.MonMap;

/** The monitors that can be dialled, and an order in which to do it (spec/msgr2 §3.13). Not thread-safe. */
final class Candidates {
    /** Behind whatever a map says: a map's priorities have 16 bits. */
    private static final int CONFIGURED = 1 << 16;

    private final List<EntityAddr> configured;
    private final Entropy entropy;
    private Map<EntityAddr, Candidate> known = new LinkedHashMap<>();

    /**
     * One of them.
     *
     * @param priority lower ones come first
     * @param weight how likely it is to come before others of its priority; all 0 is evenly
     */
    record Candidate(EntityAddr addr, int priority, int weight) {}

    Candidates(List<EntityAddr> configured, Entropy entropy) {
        this.configured = configured;
        this.entropy = entropy;
        configured.forEach(this::addConfigured);
    }

    private void addConfigured(EntityAddr addr) {
        known.putIfAbsent(addr, new Candidate(addr, CONFIGURED, 0));
    }

    /** The monitors' own map: those in it come first, and behind them those that were configured. */
    void learned(MonMap map) {
        known = new LinkedHashMap<>();
        for (MonInfo monitor : map.monitors()) {
            monitor.publicAddrs().addrs().stream()
                    .filter(addr -> addr.type() == EntityAddr.Type.MSGR2 && !addr.isBlankIp() && addr.port() != 0)
                    .findFirst()
                    .ifPresent(addr -> known.put(addr, new Candidate(addr, monitor.priority(), monitor.weight())));
        }
        configured.forEach(this::addConfigured);
    }

    Collection<EntityAddr> addrs() {
        return known.keySet();
    }

    /**
     * All of them: by priority, and at random among equals.
     *
     * @param last comes at the end, if it is there
     */
    List<Candidate> shuffled(@Nullable EntityAddr last) {
        List<Candidate> rest = new ArrayList<>(known.values());
        List<Candidate> order = new ArrayList<>(rest.size());
        while (!rest.isEmpty()) {
            order.add(rest.remove(draw(rest)));
        }
        order.sort(Comparator.comparingInt(Candidate::priority)); // stable
        Candidate left = last == null ? null : known.get(last);
        if (left != null) {
            order.remove(left);
            order.add(left);
        }
        return order;
    }

    /** The place of one of them, chosen by weight. Without weight one comes after those that have some. */
    private int draw(List<Candidate> from) {
        long total = from.stream().mapToLong(Candidate::weight).sum();
        if (total == 0) {
            return (int) Long.remainderUnsigned(entropy.nextLong(), from.size());
        }
        long ticket = Long.remainderUnsigned(entropy.nextLong(), total);
        int place = 0;
        while (ticket >= from.get(place).weight()) {
            ticket -= from.get(place).weight();
            place++;
        }
        return place;
    }
}
