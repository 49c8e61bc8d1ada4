package org.msgr2.session.testing.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What happened in a run, for people. Costs nothing unless it is on. Not thread-safe. */
final class SimTrace {
    private static final int LINES_MAX = 20_000;

    private final boolean on;
    private final SimTime time;
    private final List<String> lines = new ArrayList<>();

    SimTrace(boolean on, SimTime time) {
        this.on = on;
        this.time = time;
    }

    boolean isOn() {
        return on;
    }

    /** @param node 0 for what happens to none */
    void add(int node, Supplier<String> what) {
        if (on && lines.size() < LINES_MAX) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%10.3f ms  %s %s",
                    time.nowNs() / 1e6,
                    node == 0 ? "      " : "node " + node,
                    what.get()));
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
