package org.msgr2.session.driver;

import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.session.ConnectionStats;
import org.msgr2.session.ConnectionTraffic;
import org.msgr2.session.SendResult;
import org.msgr2.session.SessionEvent;

/** What all connections of a messenger count together, ever. Written on any loop, read at any time. Thread-safe. */
final class NodeCounters {
    /** What a fault has put an end to. */
    enum During {
        /** A session that was ready, or its stream. */
        SESSION,
        /** An attempt to connect. */
        DIALLING,
        /** A peer's stream that had not become a session. */
        ACCEPTING
    }

    private final LongAdder messagesReceived = new LongAdder();
    private final LongAdder bytesReceived = new LongAdder();
    private final LongAdder encryptedBytesReceived = new LongAdder();
    private final LongAdder messagesSent = new LongAdder();
    private final LongAdder bytesSent = new LongAdder();
    private final LongAdder encryptedBytesSent = new LongAdder();
    private final LongAdder created = new LongAdder();
    private final LongAdder acceptedNew = new LongAdder();
    private final LongAdder acceptedByExisting = new LongAdder();
    private final LongAdder reconnects = new LongAdder();
    private final LongAdder remoteResets = new LongAdder();
    private final LongAdder poisoned = new LongAdder();
    private final LongAdder discarded = new LongAdder();
    /** One for every constant each; the maps themselves do not change. */
    private final Map<During, Map<FaultKind, LongAdder>> faults = new EnumMap<>(During.class);

    private final Map<SendResult.Outcome, LongAdder> refused = new EnumMap<>(SendResult.Outcome.class);
    private final LoopTimes times = new LoopTimes();
    private volatile @Nullable Timer roundTrips;

    NodeCounters() {
        for (During during : During.values()) {
            Map<FaultKind, LongAdder> kinds = new EnumMap<>(FaultKind.class);
            for (FaultKind kind : FaultKind.values()) {
                kinds.put(kind, new LongAdder());
            }
            faults.put(during, kinds);
        }
        for (SendResult.Outcome outcome : SendResult.Outcome.values()) {
            refused.put(outcome, new LongAdder());
        }
    }

    /** What one connection has carried in one pass. */
    void carried(ConnectionTraffic pass, long encryptedReceived, long encryptedSent) {
        add(messagesReceived, pass.messagesReceived());
        add(bytesReceived, pass.bytesReceived());
        add(encryptedBytesReceived, encryptedReceived);
        add(messagesSent, pass.messagesSent());
        add(bytesSent, pass.bytesSent());
        add(encryptedBytesSent, encryptedSent);
    }

    private static void add(LongAdder counter, long amount) {
        if (amount != 0) {
            counter.add(amount);
        }
    }

    void created() {
        created.increment();
    }

    void acceptedNew() {
        acceptedNew.increment();
    }

    void acceptedByExisting() {
        acceptedByExisting.increment();
    }

    /** @param stats of its connection, with this event in it */
    void happened(SessionEvent event, ConnectionStats stats) {
        boolean wasReady = stats.established() > 0;
        if (event instanceof SessionEvent.Connected || event instanceof SessionEvent.Accepted) {
            if (stats.established() > 1) {
                reconnects.increment();
            }
        } else if (event instanceof SessionEvent.Interrupted interrupted) {
            fault(
                    wasReady ? During.SESSION : During.DIALLING,
                    interrupted.cause().kind());
        } else if (event instanceof SessionEvent.AttemptFailed failed) {
            fault(During.DIALLING, failed.cause().kind());
        } else if (event instanceof SessionEvent.Reset reset) {
            fault(wasReady ? During.SESSION : During.DIALLING, reset.cause().kind());
        } else if (event instanceof SessionEvent.RemoteReset) {
            remoteResets.increment();
        } else if (event instanceof SessionEvent.Poisoned) {
            poisoned.increment();
        } else if (event instanceof SessionEvent.Discarded messages) {
            discarded.add(messages.messages());
        }
    }

    void fault(During during, FaultKind kind) {
        of(of(faults, during), kind).increment();
    }

    /** A message was not accepted. */
    void refused(SendResult.Outcome outcome) {
        of(refused, outcome).increment();
    }

    void roundTrip(long nanos) {
        Timer timer = roundTrips;
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** From now on times are taken. */
    void measure(Timer ofRoundTrips) {
        roundTrips = ofRoundTrips;
        times.measure();
    }

    LoopTimes times() {
        return times;
    }

    private static <K extends Enum<K>, V> V of(Map<K, V> all, K key) {
        V value = all.get(key);
        if (value == null) {
            throw new IllegalStateException("nothing counts " + key);
        }
        return value;
    }

    // --- For meters

    long messagesReceived() {
        return messagesReceived.sum();
    }

    long bytesReceived() {
        return bytesReceived.sum();
    }

    long encryptedBytesReceived() {
        return encryptedBytesReceived.sum();
    }

    long messagesSent() {
        return messagesSent.sum();
    }

    long bytesSent() {
        return bytesSent.sum();
    }

    long encryptedBytesSent() {
        return encryptedBytesSent.sum();
    }

    long connectionsCreated() {
        return created.sum();
    }

    long handshakesNew() {
        return acceptedNew.sum();
    }

    long handshakesTakenOver() {
        return acceptedByExisting.sum();
    }

    long reconnects() {
        return reconnects.sum();
    }

    long remoteResets() {
        return remoteResets.sum();
    }

    long messagesPoisoned() {
        return poisoned.sum();
    }

    long messagesDiscarded() {
        return discarded.sum();
    }

    long faults(During during, FaultKind kind) {
        return of(of(faults, during), kind).sum();
    }

    long messagesRefused(SendResult.Outcome outcome) {
        return of(refused, outcome).sum();
    }
}
