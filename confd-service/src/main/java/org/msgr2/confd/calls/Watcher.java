package org.msgr2.confd.calls;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ConfigPath;
import org.msgr2.confd.watch.Change;
import org.msgr2.confd.watch.WatchEvent;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.Push;
import org.msgr2.session.rpc.ResponseStream;

/**
 * One subscriber. It takes events from the history as its caller takes them from it, and keeps at most the one that it is in the
 * middle of. Thread-safe.
 */
final class Watcher {
    private final ConfdWatches.Audience audience;
    private final ConfigPath path;
    private final ResponseStream<Push<byte[]>> items;
    private final int pieceBytes;
    private WatchPosition position;
    /** The one that position is in, or is to begin. */
    private @Nullable WatchEvent event;

    private boolean ended;
    /** Guarded by the audience. */
    boolean follows;

    Watcher(
            ConfdWatches.Audience audience,
            ConfigPath path,
            WatchPosition position,
            ResponseStream<Push<byte[]>> items,
            int pieceBytes) {
        this.audience = audience;
        this.path = path;
        this.position = position;
        this.items = items;
        this.pieceBytes = pieceBytes;
    }

    ConfigPath path() {
        return path;
    }

    /** Tells what there is to tell, as far as the caller takes it. */
    synchronized void pump() {
        try {
            boolean more = true;
            while (more) {
                more = !ended && items.isOpen() && hasEvent() && offer();
            }
        } catch (CallException e) {
            fail(e);
        }
        if (!items.isOpen()) {
            end();
        }
    }

    synchronized void fail(CallException why) {
        items.fail(why); // does nothing if it has ended
        end();
    }

    private void end() {
        if (!ended) {
            ended = true;
            event = null;
            audience.leave(this);
        }
    }

    private boolean hasEvent() {
        if (event == null) {
            event = audience.next(this, position);
            if (event != null) {
                begin(event);
            }
        }
        return event != null;
    }

    private void begin(WatchEvent next) {
        boolean goesOn = next.kind() != WatchEvent.Kind.RESYNC
                && next.revision().equals(position.within())
                && position.told() < next.changes().size();
        position = new WatchPosition(
                next.kind() == WatchEvent.Kind.CHANGED ? position.behind() : null,
                next.revision(),
                goesOn ? position.told() : 0);
    }

    private boolean offer() {
        WatchEvent current = event;
        if (current == null) {
            throw new CallException(CallStatus.INTERNAL, "");
        }
        List<Change> changes = current.changes();
        int to = pieceEnd(changes, position.told());
        boolean more = to < changes.size();
        WatchPosition next = more
                ? new WatchPosition(position.behind(), current.revision(), to)
                : WatchPosition.at(current.revision());
        Opaque token = next.token();
        boolean anew = current.kind() == WatchEvent.Kind.RESYNC && position.told() == 0;
        byte[] piece = WatchJson.write(current, changes.subList(position.told(), to), more);
        if (!items.offer(new Push<>(piece, token, anew))) {
            return false;
        }
        position = next;
        event = more ? current : null;
        return true;
    }

    private int pieceEnd(List<Change> changes, int from) {
        int to = from;
        long bytes = 0;
        while (to < changes.size() && (to == from || bytes + sizeBytes(changes.get(to)) <= pieceBytes)) {
            bytes += sizeBytes(changes.get(to));
            to++;
        }
        return to;
    }

    private static int sizeBytes(Change change) {
        return change.after() == null ? 0 : change.after().sizeBytes();
    }
}
