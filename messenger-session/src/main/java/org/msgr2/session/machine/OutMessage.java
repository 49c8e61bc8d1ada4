package org.msgr2.session.machine;

import org.msgr2.core.message.Message;
import org.msgr2.session.SendResult;

/**
 * A message that a connection has accepted, from {@code send} until it is written or discarded. Owns a reference to the
 * message. Is itself the answer that the sender got.
 *
 * @param message as the application made it
 * @param number its place among those accepted by the connection, from 1
 * @param bytes what it counts in the connection's bounds
 */
public record OutMessage(Message message, long number, long bytes) implements SendResult {
    @Override
    public Outcome outcome() {
        return Outcome.ACCEPTED;
    }
}
