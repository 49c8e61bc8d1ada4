package org.msgr2.session.rpc.endpoint;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.msgr2.session.rpc.CallStatus;

/** What is counted of the calls of one method, at one end. Counts only grow, but for those under way. Thread-safe. */
final class CallCounters {
    /** Stands for names that nobody has registered, so that no peer can make more meters. No service can be named so. */
    static final String UNKNOWN = "_unknown";

    private final String service;
    private final String method;
    private final LongAdder started = new LongAdder();
    private final LongAdder active = new LongAdder();
    private final Map<CallStatus, LongAdder> ended = new EnumMap<>(CallStatus.class);
    private final LongAdder timed = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder sentItems = new LongAdder();
    private final LongAdder receivedItems = new LongAdder();

    CallCounters(String service, String method) {
        this.service = service;
        this.method = method;
        for (CallStatus how : CallStatus.values()) {
            ended.put(how, new LongAdder());
        }
    }

    String service() {
        return service;
    }

    String method() {
        return method;
    }

    /** A call begins. */
    void begin() {
        started.increment();
        active.increment();
    }

    /** A call that began has ended. */
    void end(CallStatus how) {
        active.decrement();
        endings(how).increment();
    }

    /** A call that is not let in. */
    void refuse(CallStatus why) {
        started.increment();
        endings(why).increment();
    }

    /** How long a call took. */
    void took(long callNs) {
        timed.increment();
        nanos.add(callNs);
    }

    void itemSent() {
        sentItems.increment();
    }

    void itemReceived() {
        receivedItems.increment();
    }

    long started() {
        return started.sum();
    }

    /** Begun and not ended. */
    long active() {
        return active.sum();
    }

    long ended(CallStatus how) {
        return endings(how).sum();
    }

    private LongAdder endings(CallStatus how) {
        return Objects.requireNonNull(ended.get(how));
    }

    /** Calls whose time was taken. */
    long timed() {
        return timed.sum();
    }

    /** The time they took together. */
    long nanos() {
        return nanos.sum();
    }

    long sentItems() {
        return sentItems.sum();
    }

    long receivedItems() {
        return receivedItems.sum();
    }
}
