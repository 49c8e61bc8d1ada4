package org.msgr2.session.testing;

import java.time.Duration;
import org.msgr2.session.transport.Loop;

/** A loop in virtual time: nothing runs until somebody moves its {@link VirtualTime}, which other loops may share. */
public final class VirtualLoop implements Loop {
    private final VirtualTime time;

    VirtualLoop(VirtualTime time) {
        this.time = time;
    }

    /** The clock that this loop lives by. */
    public VirtualTime time() {
        return time;
    }

    /** {@link VirtualTime#advance}, for all loops of this clock. */
    public void advance(Duration by) {
        time.advance(by);
    }

    /** {@link VirtualTime#runUntilIdle}, for all loops of this clock. */
    public void runUntilIdle() {
        time.runUntilIdle();
    }

    @Override
    public boolean inLoop() {
        return time.isRunning(this);
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }

    @Override
    public Timer schedule(Runnable task, long deadlineNs) {
        return time.add(this, task, deadlineNs - nanoTime());
    }

    @Override
    public void execute(Runnable task) {
        time.add(this, task, 0);
    }
}
