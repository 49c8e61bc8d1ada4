package org.msgr2.session.driver;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for the end of whom: in lines, at whose heads are those that wait for nobody. Whoever ends leaves its line, from
 * wherever it stands. Not thread-safe.
 */
final class Succession<T> {
    private final Map<T, T> behind = new HashMap<>();
    private final Map<T, T> before = new HashMap<>();

    /**
     * @param successor waits for nobody yet
     * @param predecessor has no successor yet
     */
    void waits(T successor, T predecessor) {
        before.put(successor, predecessor);
        behind.put(predecessor, successor);
    }

    /** @return whose turn it is now; null if there is nobody, or if there is still somebody before */
    @Nullable T ended(T session) {
        T successor = behind.remove(session);
        T predecessor = before.remove(session);
        if (predecessor != null) {
            behind.remove(predecessor);
        }
        if (successor == null) {
            return null;
        }
        before.remove(successor);
        if (predecessor == null) {
            return successor;
        }
        waits(successor, predecessor);
        return null;
    }
}
