package org.msgr2.session.driver;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.msgr2.session.transport.Loop;

/** What a messenger's connections spend time on, on their loops. Nothing is measured unless somebody wants to know. Thread-safe. */
final class LoopTimes {
    /** What time is spent on. */
    enum Part {
        /** All of a pass of one connection, the others included. */
        RUNNING,
        /** Bytes that came: decoding, decrypting, the session's step. */
        RECEIVING,
        /** Callbacks of dispatchers that are fast. */
        FAST_DISPATCH,
        /** What is to be sent: encoding, encrypting, the write to the socket. */
        SENDING
    }

    private record Spent(LongAdder times, LongAdder nanos) {}

    /** One for every part; the map itself does not change. */
    private final Map<Part, Spent> spent = new EnumMap<>(Part.class);

    private volatile boolean measured;

    LoopTimes() {
        for (Part part : Part.values()) {
            spent.put(part, new Spent(new LongAdder(), new LongAdder()));
        }
    }

    /** From now on. */
    void measure() {
        measured = true;
    }

    void run(Part part, Loop loop, Runnable work) {
        if (!measured) {
            work.run();
            return;
        }
        long startNs = loop.nanoTime();
        try {
            work.run();
        } finally {
            Spent on = of(part);
            on.times.increment();
            on.nanos.add(loop.nanoTime() - startNs);
        }
    }

    /** How often. */
    long times(Part part) {
        return of(part).times.sum();
    }

    long nanos(Part part) {
        return of(part).nanos.sum();
    }

    private Spent of(Part part) {
        Spent on = spent.get(part);
        if (on == null) {
            throw new IllegalStateException("nobody measures " + part);
        }
        return on;
    }
}
