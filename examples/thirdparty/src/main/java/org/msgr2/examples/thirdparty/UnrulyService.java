package org.msgr2.examples.thirdparty;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.Health;
import org.msgr2.session.Service;
import org.msgr2.session.SessionEvent;

/**
 * Does what a service should not: throws with every second message and with every event, and is held up by the others, some
 * for a while and some until it is told to go on. Thread-safe.
 */
public final class UnrulyService implements Service {
    public static final int NUISANCE = 0x7d51;
    public static final int STALL = 0x7d52;

    private static final long NUISANCE_MS = 2;

    private final AtomicLong thrown = new AtomicLong();
    private final AtomicLong stalled = new AtomicLong();
    private final CountDownLatch released = new CountDownLatch(1);

    /** One per messenger. */
    public UnrulyService() {}

    @Override
    public String name() {
        return "unruly";
    }

    @Override
    public Set<Integer> messageTypes() {
        return Set.of(NUISANCE, STALL);
    }

    @Override
    public Health health() {
        throw new IllegalStateException("health on purpose");
    }

    @Override
    public void handle(Connection connection, Message message) {
        if (message.type() == STALL) {
            stall(TimeUnit.MINUTES.toMillis(10));
        } else if (message.tid() % 2 == 0) {
            thrown.incrementAndGet();
            throw new IllegalStateException("handle on purpose");
        } else {
            stall(NUISANCE_MS);
        }
    }

    private void stall(long ms) {
        stalled.incrementAndGet();
        try {
            if (!released.await(ms, TimeUnit.MILLISECONDS)) {
                return; // long enough
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onEvent(Connection connection, SessionEvent event) {
        throw new IllegalStateException("onEvent on purpose");
    }

    /** From now on it is held up no more. */
    public void release() {
        released.countDown();
    }

    /** How often it threw with a message. */
    public long thrown() {
        return thrown.get();
    }

    /** How often it was held up. */
    public long stalled() {
        return stalled.get();
    }
}
