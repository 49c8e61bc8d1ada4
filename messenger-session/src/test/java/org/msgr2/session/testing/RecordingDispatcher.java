package org.msgr2.session.testing;

import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;

/** Takes every message that no service is there for, and keeps what it hears in the order in which it hears it. Thread-safe. */
public final class RecordingDispatcher implements Dispatcher {

    /**
     * A message, copied.
     *
     * @param fast whether it came on the event loop
     * @param thread on which it came
     */
    public record Received(
            Connection connection,
            int type,
            long tid,
            int priority,
            Opaque front,
            Opaque middle,
            Opaque data,
            boolean fast,
            Thread thread) {}

    /** Something that was heard of a connection: a {@link Received} or a {@link SessionEvent}. */
    public record Heard(Connection connection, Object what) {}

    private final List<Heard> log = new ArrayList<>();
    private int messages;
    private final Set<Integer> fastTypes = new CopyOnWriteArraySet<>();
    private final Set<Integer> leftTypes = new CopyOnWriteArraySet<>(Set.of(MessageType.ECHO.code()));

    /** Takes messages of this type on the event loop. */
    public RecordingDispatcher fast(int type) {
        fastTypes.add(type);
        return this;
    }

    /** Leaves messages of this type to others, as it does with ECHO. */
    public RecordingDispatcher leaving(int type) {
        leftTypes.add(type);
        return this;
    }

    @Override
    public boolean canFastDispatch(int messageType) {
        return fastTypes.contains(messageType);
    }

    @Override
    public void fastDispatch(Connection connection, Message message) {
        add(connection, received(connection, message, true));
    }

    @Override
    public boolean dispatch(Connection connection, Message message) {
        if (leftTypes.contains(message.type())) {
            return false;
        }
        add(connection, received(connection, message, false));
        return true;
    }

    @Override
    public void onEvent(Connection connection, SessionEvent event) {
        add(connection, event);
    }

    private static Received received(Connection connection, Message message, boolean fast) {
        return new Received(
                connection,
                message.type(),
                message.tid(),
                message.header().priority(),
                Opaque.copyOf(ByteBufUtil.getBytes(message.front())),
                Opaque.copyOf(ByteBufUtil.getBytes(message.middle())),
                Opaque.copyOf(ByteBufUtil.getBytes(message.data())),
                fast,
                Thread.currentThread());
    }

    private synchronized void add(Connection connection, Object what) {
        log.add(new Heard(connection, what));
        if (what instanceof Received) {
            messages++;
        }
    }

    /** Forgets what was heard so far. */
    public synchronized void clear() {
        log.clear();
        messages = 0;
    }

    /** Everything, of every connection. */
    public synchronized List<Heard> log() {
        return List.copyOf(log);
    }

    /** Messages and events of one connection. */
    public synchronized List<Object> log(Connection connection) {
        return log.stream()
                .filter(heard -> heard.connection().equals(connection))
                .map(Heard::what)
                .toList();
    }

    /** Messages, and events, of one kind. */
    public synchronized <T> List<T> all(Class<T> kind) {
        return log.stream()
                .map(Heard::what)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    public List<Received> messages() {
        return all(Received.class);
    }

    public List<SessionEvent> events() {
        return all(SessionEvent.class);
    }

    /** The tids of the messages that came, in order. */
    public List<Long> tids() {
        return messages().stream().map(Received::tid).toList();
    }

    /** How many there are of a kind. */
    public synchronized int count(Class<?> kind) {
        if (kind == Received.class) {
            return messages; // asked for again and again by those who wait
        }
        int count = 0;
        for (Heard heard : log) {
            if (kind.isInstance(heard.what())) {
                count++;
            }
        }
        return count;
    }
}
