package org.msgr2.session.rpc.machine;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.wire.WireException;

/**
 * The items of a call in one direction, at the end that receives them: those that wait for their reader, and what the sender may
 * still send. Credit is given back as items are read, half a window at a time. Not thread-safe.
 */
final class Receiving {
    private final Queue<Received> waiting = new ArrayDeque<>();
    private final BufferBudget budget;
    private final int windowItems;
    private final int windowBytes;

    private long itemsLeft;
    private long bytesLeft;
    private long itemsRead;
    private long bytesRead;
    private boolean ended;

    /** @param granted whether the sender may use the window already; if not, it is told with the first {@link #due} */
    Receiving(int windowItems, int windowBytes, boolean granted, BufferBudget budget) {
        this.windowItems = windowItems;
        this.windowBytes = windowBytes;
        this.budget = budget;
        if (granted) {
            itemsLeft = windowItems;
            bytesLeft = windowBytes;
        } else {
            itemsRead = windowItems;
            bytesRead = windowBytes;
        }
    }

    /**
     * An item has come.
     *
     * @return false if there is no room for it, in spite of its credit: it is not taken
     * @throws WireException if it was not to be sent
     */
    boolean received(Received item) throws WireException {
        if (ended) {
            throw new WireException(FaultKind.SEQUENCE, "an item behind the end of its stream");
        }
        if (itemsLeft <= 0 || bytesLeft <= 0) {
            throw new WireException(
                    FaultKind.SEQUENCE,
                    "an item beyond the window of " + windowItems + " items, " + windowBytes + " bytes");
        }
        int bytes = item.payload().readableBytes();
        if (!budget.take(bytes)) {
            return false;
        }
        itemsLeft--;
        bytesLeft -= bytes;
        waiting.add(item);
        return true;
    }

    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Ownership passes. */
    @Nullable Received poll() {
        Received item = waiting.poll();
        if (item != null) {
            int bytes = item.payload().readableBytes();
            budget.giveBack(bytes);
            itemsRead++;
            bytesRead += bytes;
        }
        return item;
    }

    /** Credit that is worth a message now; null if none is. It counts as given. */
    CallEnvelope.@Nullable Credit due(boolean fromCaller) {
        if (ended || (itemsRead < Math.max(1, windowItems / 2) && bytesRead < Math.max(1, windowBytes / 2))) {
            return null;
        }
        CallEnvelope.Credit credit = new CallEnvelope.Credit(fromCaller, itemsRead, bytesRead);
        itemsLeft += itemsRead;
        bytesLeft += bytesRead;
        itemsRead = 0;
        bytesRead = 0;
        return credit;
    }

    /** Nobody will read what waits. */
    void drop() {
        for (Received item = poll(); item != null; item = poll()) {
            item.payload().release();
        }
    }
}
