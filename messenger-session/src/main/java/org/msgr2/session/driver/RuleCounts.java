package org.msgr2.session.driver;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.msgr2.session.accept.AcceptRule;

/** How often each of the rules has decided. Thread-safe. */
final class RuleCounts {
    /** One for every rule; the map itself does not change. */
    private final Map<AcceptRule, LongAdder> counts = new EnumMap<>(AcceptRule.class);

    RuleCounts() {
        for (AcceptRule rule : AcceptRule.values()) {
            counts.put(rule, new LongAdder());
        }
    }

    void increment(AcceptRule rule) {
        LongAdder count = counts.get(rule);
        if (count != null) {
            count.increment();
        }
    }

    long of(AcceptRule rule) {
        LongAdder count = counts.get(rule);
        return count == null ? 0 : count.sum();
    }

    /** By name, those that have decided at all. */
    Map<String, Long> current() {
        Map<String, Long> current = new TreeMap<>();
        counts.forEach((rule, count) -> {
            if (count.sum() > 0) {
                current.put(rule.name(), count.sum());
            }
        });
        return current;
    }
}
