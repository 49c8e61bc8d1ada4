package org.msgr2.session.rpc.endpoint;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.msgr2.session.dispatch.ServiceLane;
import org.msgr2.session.rpc.CallHandler;

/** A service that takes calls, and those that it is at. Thread-safe. */
public final class CalledService {
    private final CallHandler handler;
    private final ServiceLane lane;
    /** By the names of its methods. */
    private final Map<String, CallCounters> counters = new HashMap<>();

    private final CallCounters unknownMethod;
    /** Until the connection has taken the last of each: no more than {@code Limits.Calls.callsMax} per connection. */
    private final Set<CalleeCall<?, ?>> underWay = ConcurrentHashMap.newKeySet();

    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean draining;

    /** @param lane where the calls are answered */
    public CalledService(CallHandler handler, ServiceLane lane) {
        this.handler = handler;
        this.lane = lane;
        this.unknownMethod = new CallCounters(lane.name(), CallCounters.UNKNOWN);
        for (String method : handler.bindings().keySet()) {
            counters.put(
                    method, method.equals(CallCounters.UNKNOWN) ? unknownMethod : new CallCounters(name(), method));
        }
    }

    String name() {
        return lane.name();
    }

    CallHandler handler() {
        return handler;
    }

    ServiceLane lane() {
        return lane;
    }

    /** Of that method, if there is one. */
    CallCounters counters(String method) {
        return counters.getOrDefault(method, unknownMethod);
    }

    /** Of all methods, and of those that there are not. */
    Set<CallCounters> allCounters() {
        Set<CallCounters> all = new LinkedHashSet<>(counters.values());
        all.add(unknownMethod);
        return all;
    }

    /** @return false if it takes no calls any more */
    boolean begun(CalleeCall<?, ?> call) {
        underWay.add(
                call); // before the look: either we see that it is being drained, or whoever drains it sees the call
        if (!draining) {
            return true;
        }
        over(call);
        return false;
    }

    /** Nothing is left to be sent for that call. */
    void over(CalleeCall<?, ?> call) {
        underWay.remove(call);
        completeIfDrained();
    }

    /**
     * No call begins from now on, and subscriptions end, since they would never do so by themselves.
     *
     * @return completes when all calls are over, on whatever thread ends the last
     */
    CompletionStage<Void> drain() {
        draining = true;
        underWay.forEach(CalleeCall::drain);
        completeIfDrained();
        return drained;
    }

    boolean isDraining() {
        return draining;
    }

    private void completeIfDrained() {
        if (draining && underWay.isEmpty()) {
            drained.complete(null);
        }
    }

    int underWay() {
        return underWay.size();
    }
}
