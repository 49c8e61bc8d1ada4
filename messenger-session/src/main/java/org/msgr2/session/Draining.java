package org.msgr2.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.msgr2.session.dispatch.ServiceLane;
import org.msgr2.session.rpc.endpoint.CallEndpoint;
import org.msgr2.session.transport.Loop;

/** A messenger's services end what is under way: messages, calls, and what they know of themselves. Thread-safe. */
final class Draining {
    private final Collection<ServiceLane> lanes;
    private final CallEndpoint calls;
    private final Loop loop;
    private final List<String> drained = new ArrayList<>();
    private final Map<String, String> unfinished = new TreeMap<>();

    /** @param loop for deadlines */
    Draining(Collection<ServiceLane> lanes, CallEndpoint calls, Loop loop) {
        this.lanes = lanes;
        this.calls = calls;
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
                () -> failed(lane, "not within " + max + ": " + unfinished(lane), end),
                loop.nanoTime() + max.toNanos());
        CompletableFuture<Void> callsEnd = calls.drain(lane.name()).toCompletableFuture();
        CompletionStage<Void> both = CompletableFuture.allOf(lane.drain().toCompletableFuture(), callsEnd);
        both.whenComplete((nothing, failure) -> {
            timer.cancel();
            if (failure != null) {
                failed(lane, cause(failure).toString(), end);
            } else {
                succeeded(lane, end);
            }
        });
        return end;
    }

    private String unfinished(ServiceLane lane) {
        return lane.share().messages() + " messages and calls are not handled, " + calls.underWay(lane.name())
                + " calls have not ended";
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
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
