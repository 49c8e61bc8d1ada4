package org.msgr2.session.driver;

import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.machine.Throttle;

/**
 * The permits that one connection needs to receive a message: one of its own messages, then one message and the bytes of its
 * policy's throttle, if it has one, then the bytes from the messenger's budget (spec/msgr2 §7.3). Asked on the loop, one
 * request at a time; given back from any thread.
 */
final class PermitGate {
    private final Throttle messages;
    private final @Nullable PolicyPermits policy;
    private final Throttle bytes;
    /** In this order, so that who waits for its own application holds nothing that others need. */
    private final List<Step> steps;

    private @Nullable Request last;

    /** @param each whether a message takes one permit of it, whatever its size */
    private record Step(Throttle throttle, boolean each) {
        long permits(long payloadBytes) {
            return each ? 1 : payloadBytes;
        }
    }

    /**
     * @param messagesMax of this connection, received and not handled
     * @param policy shared with other connections of the policy; null for none
     * @param bytes shared with the messenger's other connections
     */
    PermitGate(int messagesMax, @Nullable PolicyPermits policy, Throttle bytes) {
        this.messages = new Throttle(messagesMax);
        this.policy = policy;
        this.bytes = bytes;
        Step own = new Step(messages, true);
        Step shared = new Step(bytes, false);
        this.steps = policy == null
                ? List.of(own, shared)
                : List.of(own, new Step(policy.messages(), true), new Step(policy.bytes(), false), shared);
    }

    /** One message on its way through the steps. The lock is never held while others are told of anything. */
    private final class Request implements Throttle.Waiter {
        private final long payloadBytes;
        private final LongConsumer granted;
        private int taken;
        private boolean abandoned;

        Request(long payloadBytes, LongConsumer granted) {
            this.payloadBytes = payloadBytes;
            this.granted = granted;
        }

        /** @return whether all is taken; if not, it waits at a step */
        synchronized boolean advance() {
            while (taken < steps.size() && next().throttle().acquire(next().permits(payloadBytes), this)) {
                taken++;
            }
            return taken == steps.size();
        }

        @Override
        public void granted() {
            boolean all;
            int back;
            synchronized (this) {
                taken++;
                all = !abandoned && advance();
                back = abandoned ? taken : 0;
            }
            giveBack(back);
            if (all) {
                granted.accept(payloadBytes);
            }
        }

        void abandon() {
            int back = 0;
            synchronized (this) {
                // Whoever is about to grant a step sees that nobody wants it any more; who has granted the last has
                // told so.
                abandoned = taken < steps.size();
                if (abandoned && next().throttle().cancel(this)) {
                    back = taken;
                }
            }
            giveBack(back);
        }

        private void giveBack(int stepsTaken) {
            for (int step = stepsTaken - 1; step >= 0; step--) {
                steps.get(step).throttle().release(steps.get(step).permits(payloadBytes));
            }
        }

        private Step next() {
            return steps.get(taken);
        }
    }

    /**
     * @param granted told, on whichever thread gave permits back, if the answer is false
     * @return whether they are taken now
     */
    boolean acquire(long payloadBytes, LongConsumer granted) {
        Request request = new Request(payloadBytes, granted);
        last = request;
        return request.advance();
    }

    /** Of this connection, received and not handled. From any thread. */
    long messages() {
        return messages.taken();
    }

    /** What was asked for last and is not granted is not needed any more. If it is being granted right now, that is told all the same. */
    void abandon() {
        if (last != null) {
            last.abandon();
        }
    }

    /** The application is through with a message. What the policy's throttle counts it may go on holding: see {@link #released}. */
    void release(long payloadBytes) {
        bytes.release(payloadBytes);
        messages.release(1);
    }

    /** A message is within its service's share, which counts its bytes from now on: {@link #handled} follows. */
    void handOn(long payloadBytes) {
        bytes.release(payloadBytes);
    }

    /** A message that was handed on is handled. */
    void handled() {
        messages.release(1);
    }

    /** Whether a message counts until it is released. */
    boolean countsUntilReleased() {
        return policy != null;
    }

    /** The message itself is released. */
    void released(long payloadBytes) {
        if (policy != null) {
            policy.release(payloadBytes);
        }
    }
}
