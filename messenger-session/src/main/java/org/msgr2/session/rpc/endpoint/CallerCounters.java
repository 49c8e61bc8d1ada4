package org.msgr2.session.rpc.endpoint;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The counters of our own calls. Whatever the application calls has some of its own, up to a bound: what comes beyond is counted
 * as unknown. Thread-safe.
 */
final class CallerCounters {
    private record Name(String service, String method) {}

    private final int methodsMax;
    private final CallCounters unknown = new CallCounters(CallCounters.UNKNOWN, CallCounters.UNKNOWN);
    private final Map<Name, CallCounters> known = new ConcurrentHashMap<>();
    private @Nullable Consumer<CallCounters> listener;

    CallerCounters(int methodsMax) {
        this.methodsMax = methodsMax;
    }

    CallCounters of(String service, String method) {
        Name name = new Name(service, method);
        CallCounters found = known.get(name);
        return found != null ? found : add(name);
    }

    private synchronized CallCounters add(Name name) {
        CallCounters raced = known.get(name);
        if (raced != null) {
            return raced;
        }
        if (known.size() >= methodsMax) {
            return unknown;
        }
        CallCounters made = new CallCounters(name.service(), name.method());
        if (listener != null) {
            listener.accept(made);
        }
        known.put(name, made);
        return made;
    }

    /** @param each hears of all that there are and will be, each once; on the thread that calls first */
    synchronized void tell(Consumer<CallCounters> each) {
        listener = each;
        each.accept(unknown);
        known.values().forEach(each);
    }
}
