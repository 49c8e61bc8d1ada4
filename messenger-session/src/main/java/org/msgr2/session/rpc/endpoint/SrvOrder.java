package org.msgr2.session.rpc.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.msgr2.core.Entropy;
import org.msgr2.session.rpc.Target;

/**
 * The order in which targets are tried: by priority; within one, drawn by weight, one after the other, as RFC 2782 has it. Those
 * of no weight keep their order behind the others, so that a list without weights stays as it is.
 */
final class SrvOrder {
    private SrvOrder() {}

    static List<Target> order(List<Target> found, Entropy entropy) {
        Map<Integer, List<Target>> byPriority = new TreeMap<>();
        found.forEach(target -> byPriority
                .computeIfAbsent(target.priority(), p -> new ArrayList<>())
                .add(target));
        List<Target> ordered = new ArrayList<>();
        byPriority.values().forEach(equals -> draw(equals, ordered, entropy));
        return ordered;
    }

    private static void draw(List<Target> left, List<Target> ordered, Entropy entropy) {
        long sum = left.stream().mapToLong(Target::weight).sum();
        while (sum > 0) {
            long drawn = Math.floorMod(entropy.nextLong(), sum);
            int at = 0;
            while (drawn >= left.get(at).weight()) {
                drawn -= left.get(at).weight();
                at++;
            }
            Target chosen = left.remove(at);
            ordered.add(chosen);
            sum -= chosen.weight();
        }
        ordered.addAll(left);
    }
}
