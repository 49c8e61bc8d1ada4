package org.msgr2.session.mon;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.mon.MonSubscribe;

/**
 * What the monitors are to tell unasked; each session has to be told all of it (spec/msgr2 §3.13). Bounded. Not thread-safe.
 */
final class Subscriptions {
    static final int MAX = 64;

    private final Map<String, MonSubscribe.Item> wanted = new LinkedHashMap<>();

    /** What this session's monitor does not know. */
    private final Set<String> unsent = new LinkedHashSet<>();

    /** @return false if there are too many already */
    boolean want(MonSubscribe.Item item) {
        if (wanted.size() >= MAX && !wanted.containsKey(item.what())) {
            return false;
        }
        wanted.put(item.what(), item);
        unsent.add(item.what());
        return true;
    }

    /** It is not asked for again. The monitor of this session cannot be told. */
    void forget(String what) {
        wanted.remove(what);
        unsent.remove(what);
    }

    /** It was told up to that epoch, so that the next session asks for what follows. */
    void received(String what, long epoch) {
        MonSubscribe.Item item = wanted.get(what);
        if (item == null) {
            return;
        }
        if (item.oneTime() && epoch >= item.start()) {
            forget(what);
        } else if (epoch >= item.start()) {
            wanted.put(what, new MonSubscribe.Item(what, epoch + 1, item.oneTime()));
        }
    }

    void newSession() {
        unsent.addAll(wanted.keySet());
    }

    /** What is to be sent now; null if nothing is. */
    @Nullable MonSubscribe unsent() {
        if (unsent.isEmpty()) {
            return null;
        }
        List<MonSubscribe.Item> items = new ArrayList<>();
        unsent.forEach(what -> items.add(wanted.get(what)));
        return new MonSubscribe(items, "");
    }

    /** The session has taken it. */
    void sent() {
        unsent.clear();
    }
}
