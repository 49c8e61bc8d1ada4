package org.msgr2.session.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one service may hold of messages and calls that were received and are not handled. A call that does not fit is refused;
 * a message is taken all the same, since its connection has promised to deliver it, and that connection waits for room before
 * it reads another. Thread-safe; who waits is told outside the lock, on the thread that made room.
 */
public final class ServiceShare {
    private final long bytesMax;
    private final int messagesMax;
    private long bytes;
    private int messages;
    /** Connections that are not read, each with what goes on. */
    private final Map<Object, Runnable> waiting = new LinkedHashMap<>();
    /** Who wants to know that nothing is under way. */
    private final List<Runnable> waitingForNothing = new ArrayList<>();

    public ServiceShare(long bytesMax, int messagesMax) {
        this.bytesMax = bytesMax;
        this.messagesMax = messagesMax;
    }

    /**
     * Takes a message.
     *
     * @return whether it fits; if not, its connection has to wait for room before the next one
     */
    public synchronized boolean add(long messageBytes) {
        bytes += messageBytes;
        messages++;
        return hasRoom();
    }

    /** @return null if the call fits, and is taken; else the limit that it would exceed */
    public synchronized @Nullable String tryAdd(long callBytes) {
        if (messages >= messagesMax) {
            return messages + " messages and calls are not handled yet, at most " + messagesMax + " may be";
        }
        boolean alone = messages == 0; // else one that is larger than the share would never pass
        if (!alone && bytes + callBytes > bytesMax) {
            return bytes + " bytes are not handled yet, and " + callBytes + " more exceed " + bytesMax;
        }
        bytes += callBytes;
        messages++;
        return null;
    }

    /** A message or a call is handled. */
    public void remove(long messageBytes) {
        List<Runnable> told = List.of();
        synchronized (this) {
            bytes -= messageBytes;
            messages--;
            if (bytes < 0 || messages < 0) {
                throw new IllegalStateException("more was handled than there was: " + bytes + " bytes, " + messages);
            }
            if (hasRoom() && !waiting.isEmpty()) {
                told = new ArrayList<>(waiting.values());
                waiting.clear();
            }
            if (messages == 0 && !waitingForNothing.isEmpty()) {
                told = new ArrayList<>(told);
                told.addAll(waitingForNothing);
                waitingForNothing.clear();
            }
        }
        told.forEach(Runnable::run);
    }

    private boolean hasRoom() {
        return bytes <= bytesMax && messages <= messagesMax;
    }

    /**
     * @param who waits at most once
     * @param then runs when there is room, if there is none now
     * @return whether there is
     */
    public synchronized boolean awaitRoom(Object who, Runnable then) {
        if (hasRoom()) {
            return true;
        }
        waiting.put(who, then);
        return false;
    }

    /** It does not wait any more. */
    public synchronized void forget(Object who) {
        waiting.remove(who);
    }

    /** @param then runs once nothing is under way; at once if nothing is */
    public void awaitNothing(Runnable then) {
        synchronized (this) {
            if (messages > 0) {
                waitingForNothing.add(then);
                return;
            }
        }
        then.run();
    }

    public synchronized long bytes() {
        return bytes;
    }

    public synchronized int messages() {
        return messages;
    }
}
