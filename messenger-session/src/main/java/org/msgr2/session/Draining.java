package org.msgr2.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.msgr2.session.dispatch.ServiceLane;
import org.msgr2.session.transport.Loop;

/** A messenger's services end what is under way. Thread-safe. */
final class Draining {
    private final Collection<ServiceLane> lanes;
    private final Loop loop;
    private final List<String> drained = new ArrayList<>();
    private final Map<String, String> unfinished = new TreeMap<>();

    /** @param loop for deadlines */
    Draining(Collection<ServiceLane> lanes, Loop loop) {
        this.lanes = lanes;
        this.loop = loop;
    }

    CompletionStage<DrainReport> begin(Duration deadline) {
        List<CompletableFuture<Void>> ends =
                lanes.stream().map(lane -> drain(lane, deadline)).toList();
        return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> report());
    }

    private CompletableFuture<Void> drain(ServiceLane lane, Duration deadline) {
        Duration own = lane.options().drainDeadline();
        Duration max = own.compareTo(deadline) < 0 ? own : deadline;
        CompletableFuture<Void> end = new CompletableFuture<>();
        Loop.Timer timer = loop.schedule(
                () -> {
                    int queued = lane.share().messages();
                    failed(lane, "not within " + max + ", " + queued + " messages and calls are under way", end);
                },
                loop.nanoTime() + max.toNanos());
        lane.drain().whenComplete((nothing, failure) -> {
            timer.cancel();
            if (failure != null) {
                failed(lane, failure.toString(), end);
            } else {
                succeeded(lane, end);
            }
        });
        return end;
    }

    private void succeeded(ServiceLane lane, CompletableFuture<Void> end) {
        synchronized (this) {
            if (!unfinished.containsKey(lane.name())) {
                drained.add(lane.name());
            }
        }
        end.complete(null);
    }

    private void failed(ServiceLane lane, String why, CompletableFuture<Void> end) {
        synchronized (this) {
            if (!drained.contains(lane.name())) {
                unfinished.putIfAbsent(lane.name(), why);
            }
        }
        end.complete(null);
    }

    private synchronized DrainReport report() {
        return new DrainReport(drained, unfinished);
    }
}
