package org.msgr2.session.driver;

import java.util.function.LongConsumer;
import org.msgr2.session.machine.Throttle;

/**
 * The permits that one connection needs to receive a message: one of its own messages, then the bytes from the messenger's
 * budget. Asked on the loop, one request at a time; given back from any thread.
 */
final class PermitGate {
    private final Throttle messages;
    private final Throttle bytes;

    /**
     * @param messagesMax of this connection, received and not handled
     * @param bytes shared with the messenger's other connections
     */
    PermitGate(int messagesMax, Throttle bytes) {
        this.messages = new Throttle(messagesMax);
        this.bytes = bytes;
    }

    /**
     * @param granted told, on whichever thread gave permits back, if the answer is false
     * @return whether they are taken now
     */
    boolean acquire(long payloadBytes, LongConsumer granted) {
        return messages.acquire(1, () -> {
                    if (bytes.acquire(payloadBytes, () -> granted.accept(payloadBytes))) {
                        granted.accept(payloadBytes);
                    }
                })
                && bytes.acquire(payloadBytes, () -> granted.accept(payloadBytes));
    }

    /** Of this connection, received and not handled. From any thread. */
    long messages() {
        return messages.taken();
    }

    void release(long payloadBytes) {
        bytes.release(payloadBytes);
        messages.release(1);
    }
}
