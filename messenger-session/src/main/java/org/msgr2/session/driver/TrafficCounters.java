package org.msgr2.session.driver;

import java.util.concurrent.atomic.AtomicLong;
import org.msgr2.session.ConnectionTraffic;

/**
 * What one connection carries. Counted in plain fields on the connection's loop; other threads, and the messenger's counters,
 * see it when a pass is over, so that a message costs no synchronization.
 */
final class TrafficCounters {
    private final NodeCounters node;
    private final AtomicLong messagesReceived = new AtomicLong();
    private final AtomicLong bytesReceived = new AtomicLong();
    private final AtomicLong messagesSent = new AtomicLong();
    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicLong messagesReplayed = new AtomicLong();

    // Of this pass
    private long received;
    private long receivedBytes;
    private long receivedEncrypted;
    private long sent;
    private long sentBytes;
    private long sentEncrypted;
    private long replayed;

    TrafficCounters(NodeCounters node) {
        this.node = node;
    }

    void receivedBytes(int bytes, boolean encrypted) {
        receivedBytes += bytes;
        receivedEncrypted += encrypted ? bytes : 0;
    }

    void receivedMessage() {
        received++;
    }

    void sentBytes(long bytes, boolean encrypted) {
        sentBytes += bytes;
        sentEncrypted += encrypted ? bytes : 0;
    }

    void sentMessage() {
        sent++;
    }

    void replayedMessage() {
        replayed++;
    }

    /** A pass is over. */
    void publish() {
        if (receivedBytes == 0 && sentBytes == 0 && received == 0 && sent == 0) {
            return;
        }
        add(messagesReceived, received);
        add(bytesReceived, receivedBytes);
        add(messagesSent, sent);
        add(bytesSent, sentBytes);
        add(messagesReplayed, replayed);
        node.carried(
                new ConnectionTraffic(received, receivedBytes, sent, sentBytes, replayed),
                receivedEncrypted,
                sentEncrypted);
        received = 0;
        receivedBytes = 0;
        receivedEncrypted = 0;
        sent = 0;
        sentBytes = 0;
        sentEncrypted = 0;
        replayed = 0;
    }

    /** There is one writer. */
    private static void add(AtomicLong total, long amount) {
        if (amount != 0) {
            total.lazySet(total.getPlain() + amount);
        }
    }

    /** From any thread. */
    ConnectionTraffic current() {
        return new ConnectionTraffic(
                messagesReceived.get(),
                bytesReceived.get(),
                messagesSent.get(),
                bytesSent.get(),
                messagesReplayed.get());
    }
}
