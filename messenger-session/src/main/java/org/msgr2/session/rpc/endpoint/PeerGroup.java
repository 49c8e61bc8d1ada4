package org.msgr2.session.rpc.endpoint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.Connection;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.Pick;
import org.msgr2.session.rpc.Resolver;
import org.msgr2.session.rpc.Target;
import org.msgr2.session.transport.Loop;

/**
 * The peers that have a service: found by a resolver, dialled when somebody calls. A pick waits until one is ready. Thread-safe.
 */
final class PeerGroup implements Peers {
    private final CallEndpoint endpoint;
    private final Resolver resolver;
    private final Pick pick;

    // All that follows is guarded by this.
    private final Queue<CompletableFuture<Connection>> waiting = new ArrayDeque<>();
    /** In the order in which they are tried; those that were tried have a connection. */
    private final Map<Target, @Nullable Connection> targets = new LinkedHashMap<>();
    /** Connections to peers that are being drained: they take no calls any more, until they are back. */
    private final Set<Connection> leaving = new HashSet<>();

    private boolean resolving;
    private int turn;
    private int failures;
    private @Nullable String trouble;
    private Loop.@Nullable Timer retry;
    /** Why nobody gets a connection any more; null while the client is open. */
    private @Nullable String closed;

    PeerGroup(CallEndpoint endpoint, Resolver resolver, Pick pick) {
        this.endpoint = endpoint;
        this.resolver = resolver;
        this.pick = pick;
    }

    @Override
    public boolean mayComeBack() {
        return true;
    }

    @Override
    public CompletionStage<Connection> pick() {
        CompletableFuture<Connection> result = new CompletableFuture<>();
        Connection ready;
        synchronized (this) {
            ready = closed != null ? null : ready();
            if (closed != null) {
                result.completeExceptionally(new CallException(CallStatus.NOT_SENT, closed));
            } else if (ready == null && waiting.size() >= endpoint.limits().waitingMax()) {
                result.completeExceptionally(new CallException(
                        CallStatus.BACK_PRESSURED, waiting.size() + " calls wait for a peer that is ready"));
            } else if (ready == null) {
                waiting.add(result);
            }
        }
        if (ready != null) {
            result.complete(ready);
        } else {
            seek();
        }
        return result;
    }

    @Override
    public synchronized void forget(CompletionStage<Connection> result) {
        waiting.removeIf(result::equals);
    }

    private boolean isReady(@Nullable Connection connection) {
        return connection != null
                && !leaving.contains(connection)
                && connection.info() != null
                && !connection.closed().toCompletableFuture().isDone();
    }

    private @Nullable Connection ready() {
        List<Connection> ready = new ArrayList<>();
        for (Connection connection : targets.values()) {
            if (connection != null && isReady(connection)) {
                if (pick == Pick.FIRST) {
                    return connection;
                }
                ready.add(connection);
            }
        }
        return ready.isEmpty() ? null : ready.get(Math.floorMod(turn++, ready.size()));
    }

    /** Resolves, or dials, if somebody waits and nothing is under way. */
    private void seek() {
        List<Target> dial = new ArrayList<>();
        synchronized (this) {
            if (waiting.isEmpty() || resolving || closed != null) {
                return;
            }
            if (targets.isEmpty()) {
                resolving = true;
            } else {
                dial.addAll(toDial());
            }
        }
        if (dial.isEmpty()) {
            if (isResolving()) {
                resolve();
            }
            return;
        }
        for (Target target : dial) {
            dial(target);
        }
        askAgainIfAllLeave();
    }

    /** All of them are being drained: the resolver may know others by now. */
    private void askAgainIfAllLeave() {
        synchronized (this) {
            if (targets.isEmpty() || !leaving.containsAll(targets.values())) {
                return;
            }
            targets.clear();
            failures = 0;
        }
        later();
    }

    private synchronized boolean isResolving() {
        return resolving;
    }

    /** With FIRST one after the other, otherwise all at once. */
    private List<Target> toDial() {
        List<Target> dial = new ArrayList<>();
        boolean underWay =
                targets.values().stream().anyMatch(connection -> connection != null && !leaving.contains(connection));
        for (Map.Entry<Target, @Nullable Connection> entry : targets.entrySet()) {
            if (entry.getValue() == null && (pick == Pick.ROUND_ROBIN || !underWay)) {
                dial.add(entry.getKey());
                underWay = true;
            }
        }
        return dial;
    }

    private void resolve() {
        CompletionStage<List<Target>> answer;
        try {
            answer = resolver.resolve();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedStage(e);
        }
        answer.whenComplete((found, failure) -> {
            synchronized (this) {
                if (closed != null) {
                    return;
                }
                resolving = false;
                targets.clear();
                failures = 0;
                if (failure == null) {
                    SrvOrder.order(found, endpoint.entropy()).stream()
                            .limit(endpoint.limits().peersMax())
                            .forEach(target -> targets.put(target, null));
                }
                trouble = failure == null ? null : String.valueOf(failure.getMessage());
            }
            if (isEmpty()) {
                later();
            } else {
                seek();
            }
        });
    }

    private synchronized boolean isEmpty() {
        return targets.isEmpty();
    }

    /** Tries everything once more, after a while. */
    private void later() {
        Loop loop = endpoint.loop();
        long atNs = loop.nanoTime() + endpoint.timeouts().backoffInitial().toNanos();
        try {
            synchronized (this) {
                if (retry == null && closed == null) {
                    retry = loop.schedule(this::retry, atNs);
                }
            }
        } catch (RejectedExecutionException e) {
            close("the messenger is closed");
        }
    }

    private void retry() {
        synchronized (this) {
            retry = null;
        }
        seek();
    }

    private void dial(Target target) {
        Connection connection;
        try {
            connection = endpoint.connect(target, this);
        } catch (RuntimeException e) {
            failed(target, String.valueOf(e.getMessage()));
            return;
        }
        if (isClosed()) {
            release(); // it was closed while we dialled
            return;
        }
        synchronized (this) {
            if (!targets.containsKey(target)) {
                return;
            }
            targets.put(target, connection);
        }
        serve();
        connection.ready().whenComplete((info, failure) -> {
            if (failure == null) {
                serve();
            }
        });
        connection.closed().whenComplete((end, never) -> closed(target, connection));
        if (connection.info() == null) {
            // One that stands by, since nothing was to be sent when its first attempt broke, dials for this.
            connection.ping().whenComplete((roundTrip, failure) -> {});
        }
    }

    /** Whoever has closed it need not have told by an event: an application's markDown does not. */
    private void closed(Target target, Connection connection) {
        boolean ours;
        synchronized (this) {
            ours = connection.equals(targets.get(target));
        }
        if (ours) {
            failed(target, "the connection was closed");
        }
    }

    /** A connection is ready: those who wait get theirs. */
    private void serve() {
        while (true) {
            CompletableFuture<Connection> next;
            Connection connection;
            synchronized (this) {
                if (waiting.isEmpty()) {
                    return;
                }
                connection = ready();
                if (connection == null) {
                    return;
                }
                failures = 0;
                next = waiting.remove();
            }
            next.complete(connection);
        }
    }

    /** Of any connection of the messenger, on its loop. */
    void event(Connection connection, SessionEvent event) {
        if (event instanceof SessionEvent.AttemptFailed failed) {
            failed(connection, String.valueOf(failed.cause().getMessage()));
        } else if (event instanceof SessionEvent.Reset reset) {
            failed(connection, String.valueOf(reset.cause().getMessage()));
        } else if (event instanceof SessionEvent.Interrupted interrupted && connection.info() == null) {
            failed(connection, String.valueOf(interrupted.cause().getMessage()));
        } else if (event instanceof SessionEvent.Connected || event instanceof SessionEvent.Accepted) {
            stays(connection); // it may be another behind the same address; if not, it says so again
            serve();
        }
    }

    private synchronized void stays(Connection connection) {
        leaving.remove(connection);
    }

    @Override
    public void ended(Connection connection, CallStatus how) {
        if (how != CallStatus.UNAVAILABLE && how != CallStatus.DRAINING) {
            return;
        }
        synchronized (this) {
            if (closed != null || !targets.containsValue(connection) || !leaving.add(connection)) {
                return;
            }
            trouble = connection.peerAddr() + " is being drained";
        }
        connection.closed().whenComplete((end, never) -> stays(connection));
        askAgainIfAllLeave();
        seek();
    }

    private void failed(Connection connection, String why) {
        Target of = null;
        synchronized (this) {
            for (Map.Entry<Target, @Nullable Connection> entry : targets.entrySet()) {
                if (connection.equals(entry.getValue())) {
                    of = entry.getKey();
                }
            }
        }
        if (of != null) {
            failed(of, why);
        }
    }

    /** Behind all others; when all have failed in a row, the resolver is asked again, after a while. */
    private void failed(Target target, String why) {
        boolean all;
        synchronized (this) {
            trouble = why;
            targets.remove(target);
            all = ++failures >= targets.size() + 1;
            targets.put(target, null);
            if (all) {
                targets.clear();
                failures = 0;
            }
        }
        if (all) {
            later();
        } else {
            seek();
        }
    }

    private synchronized boolean isClosed() {
        return closed != null;
    }

    @Override
    public void close() {
        close(OpenCalls.CLOSED);
    }

    /** Nobody gets a connection any more, and the resolver is not asked again. */
    void close(String why) {
        List<CompletableFuture<Connection>> rest;
        synchronized (this) {
            if (closed != null) {
                return;
            }
            closed = why;
            // What it has been asked is its own: others may have been given the same stage.
            if (retry != null) {
                retry.cancel();
                retry = null;
            }
            rest = List.copyOf(waiting);
            waiting.clear();
        }
        rest.forEach(result -> result.completeExceptionally(new CallException(CallStatus.NOT_SENT, why)));
    }

    @Override
    public void release() {
        endpoint.release(this);
    }

    /** What went wrong last; null if nothing did. */
    synchronized @Nullable String trouble() {
        return trouble;
    }
}
