package org.msgr2.examples.interop;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;

/** Keeps what a messenger of ours hears: the answers that tests wait for, and every event. Thread-safe. */
final class SessionRecorder implements Dispatcher, AutoCloseable {

    private static final Set<Integer> ANSWERS =
            Set.of(MessageType.MON_MAP.code(), MessageType.MON_COMMAND_ACK.code(), MessageType.COMMAND_REPLY.code());

    private final BlockingQueue<Message> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<SessionEvent> failures = new LinkedBlockingQueue<>();
    private final Queue<SessionEvent> events = new ConcurrentLinkedQueue<>();

    @Override
    public boolean dispatch(Connection connection, Message message) {
        return ANSWERS.contains(message.type()) && answers.add(message.retain());
    }

    @Override
    public void onEvent(Connection connection, SessionEvent event) {
        events.add(event);
        if (event instanceof SessionEvent.AttemptFailed || event instanceof SessionEvent.Reset) {
            failures.add(event);
        }
    }

    /** Every event so far, in the order in which they came. */
    List<SessionEvent> events() {
        return List.copyOf(events);
    }

    /**
     * The next answer, which the caller has to release.
     *
     * @throws AssertionError if none comes
     */
    Message answer(Duration limit) throws InterruptedException {
        Message answer = answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null) {
            throw new AssertionError("no answer within " + limit + "; events: " + events());
        }
        return answer;
    }

    /**
     * Why the next attempt or session failed.
     *
     * @throws AssertionError if none fails
     */
    ProtocolException failure(Duration limit) throws InterruptedException {
        SessionEvent event = failures.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (event instanceof SessionEvent.AttemptFailed failed) {
            return failed.cause();
        }
        if (event instanceof SessionEvent.Reset reset) {
            return reset.cause();
        }
        throw new AssertionError("nothing failed within " + limit + "; events: " + events());
    }

    /** Releases the answers that nobody asked for. */
    @Override
    public void close() {
        for (Message answer = answers.poll(); answer != null; answer = answers.poll()) {
            answer.release();
        }
    }
}
