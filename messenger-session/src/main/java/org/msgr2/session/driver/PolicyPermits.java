package org.msgr2.session.driver;

import org.msgr2.session.PolicyThrottle;
import org.msgr2.session.machine.Throttle;

/** A messenger's account of a policy's throttle. Thread-safe. */
final class PolicyPermits {
    private final PolicyThrottle bounds;
    private final Throttle messages;
    private final Throttle bytes;

    PolicyPermits(PolicyThrottle bounds) {
        this.bounds = bounds;
        this.messages = new Throttle(bounds.messagesMax());
        this.bytes = new Throttle(bounds.bytesMax());
    }

    PolicyThrottle bounds() {
        return bounds;
    }

    Throttle messages() {
        return messages;
    }

    Throttle bytes() {
        return bytes;
    }

    /** A message is released, or came to nothing. */
    void release(long payloadBytes) {
        bytes.release(payloadBytes);
        messages.release(1);
    }

    PolicyThrottle.Taken taken() {
        return new PolicyThrottle.Taken(messages.taken(), bytes.taken());
    }
}
