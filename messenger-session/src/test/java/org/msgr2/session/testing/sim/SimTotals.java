package org.msgr2.session.testing.sim;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.msgr2.session.accept.AcceptRule;

/** What happened, added up. Not thread-safe. */
final class SimTotals {
    private final Map<SimFault, Long> faults = new EnumMap<>(SimFault.class);
    private final Map<AcceptRule, Long> rules = new EnumMap<>(AcceptRule.class);
    private final Map<String, Long> calls = new TreeMap<>();
    private long schedules;
    private long messages;
    private long reconnects;
    private long replayed;
    private long events;

    void happened(SimFault fault) {
        faults.merge(fault, 1L, Long::sum);
    }

    void decided(AcceptRule rule, long times) {
        rules.merge(rule, times, Long::sum);
    }

    /** Of calls. */
    void count(String what, long times) {
        calls.merge(what, times, Long::sum);
    }

    Map<String, Long> calls() {
        return calls;
    }

    void delivered() {
        messages++;
    }

    void reconnected() {
        reconnects++;
    }

    void replayed(long count) {
        replayed += count;
    }

    void ran(long count) {
        schedules++;
        events += count;
    }

    /** Faults of all kinds, but for pieces of chunked streams. */
    long faults() {
        long sum = 0;
        for (Map.Entry<SimFault, Long> fault : faults.entrySet()) {
            sum += fault.getKey() == SimFault.CHUNKED ? 1 : fault.getValue();
        }
        return sum;
    }

    void add(SimTotals other) {
        other.faults.forEach((fault, count) -> faults.merge(fault, count, Long::sum));
        other.rules.forEach((rule, count) -> rules.merge(rule, count, Long::sum));
        other.calls.forEach((what, count) -> calls.merge(what, count, Long::sum));
        schedules += other.schedules;
        messages += other.messages;
        reconnects += other.reconnects;
        replayed += other.replayed;
        events += other.events;
    }

    long schedules() {
        return schedules;
    }

    long messages() {
        return messages;
    }

    long reconnects() {
        return reconnects;
    }

    long replayedMessages() {
        return replayed;
    }

    long events() {
        return events;
    }

    /** All of them, those that did not happen too. */
    Map<SimFault, Long> byFault() {
        Map<SimFault, Long> all = new EnumMap<>(SimFault.class);
        for (SimFault fault : SimFault.values()) {
            all.put(fault, faults.getOrDefault(fault, 0L));
        }
        return all;
    }

    /** All of them, those that did not decide too. */
    Map<AcceptRule, Long> byRule() {
        Map<AcceptRule, Long> all = new EnumMap<>(AcceptRule.class);
        for (AcceptRule rule : AcceptRule.values()) {
            all.put(rule, rules.getOrDefault(rule, 0L));
        }
        return all;
    }
}
