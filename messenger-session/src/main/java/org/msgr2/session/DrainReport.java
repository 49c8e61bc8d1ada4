package org.msgr2.session;

import java.util.List;
import java.util.Map;

/**
 * What became of {@link Messenger#drain}.
 *
 * @param drained services that have ended what was under way
 * @param unfinished the others, each with the reason
 */
public record DrainReport(List<String> drained, Map<String, String> unfinished) {

    public DrainReport {
        drained = List.copyOf(drained);
        unfinished = Map.copyOf(unfinished);
    }

    public boolean complete() {
        return unfinished.isEmpty();
    }
}
