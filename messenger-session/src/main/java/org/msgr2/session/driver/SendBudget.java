package org.msgr2.session.driver;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.msgr2.core.message.Message;
import org.msgr2.core.wire.Limits;

/** How much a connection has accepted and is not through with, and how much it may. Thread-safe. */
final class SendBudget {
    private final Limits limits;
    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    /** A sender was told to wait; cleared by the one who tells it to go on. */
    private volatile boolean senderWaits;

    SendBudget(Limits limits) {
        this.limits = limits;
    }

    /** Whether no queue will ever take that message. Of a body that depends on the peer only the sum is known yet. */
    boolean isTooLarge(Message message) {
        Limits.Frames max = limits.frames();
        return message.front().readableBytes() > max.frontBytesMax()
                || message.middle().readableBytes() > max.middleBytesMax()
                || message.data().readableBytes() > max.dataBytesMax()
                || message.payloadBytes() > max.messageBytesMax();
    }

    /** Takes a place for a message of that size; one that is larger than all of them together gets in alone. */
    boolean reserve(long size) {
        Limits.Queues max = limits.queues();
        if (messages.incrementAndGet() > max.sendMessagesMax()) {
            messages.decrementAndGet();
            senderWaits = true;
            return false;
        }
        long total = bytes.addAndGet(size);
        if (total > max.sendBytesMax() && total != size) {
            bytes.addAndGet(-size);
            messages.decrementAndGet();
            senderWaits = true;
            return false;
        }
        return true;
    }

    void unreserve(long size) {
        bytes.addAndGet(-size);
        messages.decrementAndGet();
    }

    /** Whether a waiting sender is to be told now; if so, it counts as told. */
    boolean takeWritable() {
        Limits.Queues max = limits.queues();
        if (senderWaits && messages.get() <= max.sendMessagesMax() / 2 && bytes.get() <= max.sendBytesMax() / 2) {
            senderWaits = false;
            return true;
        }
        return false;
    }

    long bytes() {
        return bytes.get();
    }

    int messages() {
        return messages.get();
    }
}
