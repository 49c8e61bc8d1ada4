package org.msgr2.confd.calls;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigPath;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.engine.ConfigValues;
import org.msgr2.confd.watch.Revision;
import org.msgr2.confd.watch.WatchEvent;
import org.msgr2.confd.watch.WatchHistory;
import org.msgr2.confd.watch.WatchView;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.Push;
import org.msgr2.session.rpc.ResponseStream;

/**
 * Everybody who watches the configuration. Snapshots are compared on a worker, the newest that there is: those in between are
 * skipped when they come faster than that. Those who may not see secrets have a history without them, revisions included.
 * Thread-safe.
 */
public final class ConfdWatches {
    private final ConfdCallLimits limits;
    private final Executor workers;
    private final Audience showing;
    private final Audience hiding;
    private final AtomicReference<@Nullable ClusterConfig> next = new AtomicReference<>();

    /** @param workers where snapshots are compared, and told of */
    public ConfdWatches(ConfdCallLimits limits, Executor workers) {
        this.limits = limits;
        this.workers = workers;
        ConfigValues hidden = new ConfigValues(true);
        showing = new Audience(WatchView.EVERYTHING);
        hiding = new Audience((path, value) -> hidden.rewritten(value, path));
    }

    /** Those who see the same. */
    final class Audience {
        private final WatchHistory history;
        private final Set<Watcher> watchers = new HashSet<>();

        private Audience(WatchView view) {
            history = new WatchHistory(limits.watch(), view);
        }

        private synchronized List<Watcher> watchers() {
            return new ArrayList<>(watchers);
        }

        private synchronized boolean join(Watcher watcher) {
            return watchers.size() < limits.watchersMax() && watchers.add(watcher);
        }

        synchronized void leave(Watcher watcher) {
            watchers.remove(watcher);
            if (watcher.follows) {
                watcher.follows = false;
                history.unwatch(watcher.path());
            }
        }

        private synchronized void advance(ClusterConfig config) {
            history.advance(config);
        }

        /** What a watcher is told next; null if there is nothing. */
        synchronized @Nullable WatchEvent next(Watcher watcher, WatchPosition at) {
            ConfigPath path = watcher.path();
            if (!history.isLoaded()) {
                return null;
            }
            if (!watcher.follows && !history.follow(path)) {
                throw CallException.failed(ConfdMethods.TOO_MANY_PATHS, "too many paths are watched");
            }
            watcher.follows = true;
            Revision within = at.within();
            WatchEvent event = history.next(path, at.behind());
            boolean lost = within != null && (event == null || !event.revision().equals(within));
            return lost ? history.everything(path, WatchEvent.Kind.RESYNC) : event;
        }
    }

    /** There is a new state. While there is no configuration, because the file is bad, nothing has changed. Returns at once. */
    public void offer(ConfigState state) {
        if (state instanceof ConfigState.Loaded loaded && next.getAndSet(loaded.config()) == null) {
            try {
                workers.execute(this::advance);
            } catch (RejectedExecutionException e) {
                next.set(null); // the messenger is closed
            }
        }
    }

    private void advance() {
        synchronized (next) { // an older one must not come behind a newer one
            ClusterConfig config = next.getAndSet(null);
            if (config == null) {
                return;
            }
            showing.advance(config);
            hiding.advance(config);
        }
        showing.watchers().forEach(Watcher::pump);
        hiding.watchers().forEach(Watcher::pump);
    }

    /** The handler of {@link ConfdMethods#WATCH}. */
    void watch(CallContext context, String text, Opaque token, ResponseStream<Push<byte[]>> items) {
        ConfigPath path = ConfigPath.parse(text);
        WatchPosition position = WatchPosition.parse(token);
        if (path == null || position == null) {
            throw new CallException(CallStatus.INVALID, path == null ? "no path" : "no token of this service");
        }
        Audience audience = ConfdCalls.seesSecrets(context) ? showing : hiding;
        Watcher watcher = new Watcher(audience, path, position, items, limits.pieceBytes());
        if (!audience.join(watcher)) {
            throw new CallException(CallStatus.OVERLOADED, "there are too many watches");
        }
        context.onCancel(watcher::pump);
        items.onReady(watcher::pump);
    }

    /** Ends all watches in a way that makes watchers go on elsewhere, or here later. */
    public void drain() {
        CallException why = new CallException(CallStatus.DRAINING, "the service is draining");
        showing.watchers().forEach(watcher -> watcher.fail(why));
        hiding.watchers().forEach(watcher -> watcher.fail(why));
    }
}
