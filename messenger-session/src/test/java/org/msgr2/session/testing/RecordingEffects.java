package org.msgr2.session.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.machine.OutMessage;
import org.msgr2.session.machine.Session;
import org.msgr2.session.machine.SessionEffects;
import org.msgr2.session.machine.TimerId;

/**
 * Writes down what a session wants done, in order, and does none of it. It holds the live deadlines, the balance of the
 * permits and the messages that were delivered, and fails at once with an {@link AssertionError} when the session breaks
 * the contract of {@link SessionEffects}: a message that is {@code sent} twice, more permits given back than were taken, a
 * second {@code ended}, or anything but an answer to a later input behind it.
 *
 * <p>Permits are granted at once until {@link #refusePermits}; then {@link #grant} gives, one by one, what was asked for
 * since. Delivered messages belong to the recorder, permits included: {@link #releaseDelivered} gives both back.
 *
 * <p>Not thread-safe.
 */
public final class RecordingEffects implements SessionEffects {

    /** One call. */
    public sealed interface Effect {}

    public record Connect(int generation) implements Effect {}

    public record CloseTransport(boolean flush) implements Effect {}

    public record WantWrite() implements Effect {}

    public record PauseReading(boolean paused) implements Effect {}

    public record Taken(int generation) implements Effect {}

    public record DropUndelivered() implements Effect {}

    /** @param granted whether the permits were there */
    public record AcquirePermits(long payloadBytes, boolean granted) implements Effect {}

    public record AbandonPermits() implements Effect {}

    public record ReleasePermits(long payloadBytes) implements Effect {}

    public record ArmTimer(TimerId id, long deadlineNs) implements Effect {}

    public record DisarmTimer(TimerId id) implements Effect {}

    /** @param seq as in its header */
    public record Deliver(long seq) implements Effect {}

    /** @param number as {@link OutMessage#number} */
    public record Sent(long number) implements Effect {}

    public record Notify(SessionEvent event) implements Effect {}

    public record PingAnswered(long ping, long roundTripNs) implements Effect {}

    public record PingFailed(long ping, ProtocolException cause) implements Effect {}

    public record Ended(@Nullable ProtocolException cause) implements Effect {}

    private final List<Effect> effects = new ArrayList<>();
    private final Map<TimerId, Long> deadlines = new EnumMap<>(TimerId.class);
    private final List<Message> delivered = new ArrayList<>();
    private final List<Long> sent = new ArrayList<>();
    private int replayed;
    private final List<Long> keepalivesAnswered = new ArrayList<>();
    private final Queue<Long> awaited = new ArrayDeque<>();
    private String transportStatus = "waiting for the connection to open";
    private boolean refusing;
    private long permitsTaken;
    private int permitHolders;
    private boolean ended;

    // --- What the test decides

    /** What {@link #transportStatus} answers from now on. */
    public void transportIs(String doing) {
        transportStatus = doing;
    }

    /** From now on permits have to be waited for. */
    public void refusePermits() {
        refusing = true;
    }

    /** From now on permits are there; those that are awaited still have to be granted. */
    public void allowPermits() {
        refusing = false;
    }

    /**
     * Takes the permits that were asked for first and not granted yet; give their number to {@link Session#permitsGranted}.
     *
     * @throws java.util.NoSuchElementException if nobody waits
     */
    public long grant() {
        long permits = awaited.remove();
        take(permits);
        return permits;
    }

    // --- What has happened

    /** How many messages were polled once more. */
    public int replayCount() {
        return replayed;
    }

    /** The round trips of all keepalives that were answered, in nanoseconds. */
    public List<Long> keepalivesAnswered() {
        return keepalivesAnswered;
    }

    /** Everything since the last {@link #drain}, in order. */
    public List<Effect> effects() {
        return List.copyOf(effects);
    }

    /** Everything since the last time, in order. */
    public List<Effect> drain() {
        List<Effect> all = List.copyOf(effects);
        effects.clear();
        return all;
    }

    /** Those of one kind since the last {@link #drain}, in order. */
    public <E extends Effect> List<E> effects(Class<E> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The events since the last {@link #drain}, in order. */
    public List<SessionEvent> events() {
        return effects(Notify.class).stream().map(Notify::event).toList();
    }

    /** Those of one kind since the last {@link #drain}, in order. */
    public <E extends SessionEvent> List<E> events(Class<E> kind) {
        return events().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The live deadline of each timer. */
    public Map<TimerId, Long> deadlines() {
        return Map.copyOf(deadlines);
    }

    /** A timer has fired: it is not armed any more. */
    public void fired(TimerId id) {
        deadlines.remove(id);
    }

    /** Permits that nobody has given back: by bytes. */
    public long permitsTaken() {
        return permitsTaken;
    }

    /** Permits that nobody has given back: by messages. */
    public int permitHolders() {
        return permitHolders;
    }

    /** The numbers of all messages that were sent or discarded, in order. */
    public List<Long> sentNumbers() {
        return List.copyOf(sent);
    }

    /** All messages that were delivered and not released; the recorder's. */
    public List<Message> delivered() {
        return List.copyOf(delivered);
    }

    /** The application is through with what was delivered: messages are released, their permits come back. */
    public void releaseDelivered() {
        for (Message message : delivered) {
            give(message.payloadBytes());
            message.release();
        }
        delivered.clear();
    }

    public boolean hasEnded() {
        return ended;
    }

    // --- The calls

    private void live(Effect effect) {
        if (ended) {
            throw new AssertionError(effect + " behind ended()");
        }
        effects.add(effect);
    }

    private void take(long permits) {
        permitsTaken += permits;
        permitHolders++;
    }

    private void give(long permits) {
        permitsTaken -= permits;
        permitHolders--;
        if (permitsTaken < 0 || permitHolders < 0) {
            throw new AssertionError("permits for " + permits + " bytes were given back that were not taken");
        }
    }

    @Override
    public void connect(int generation) {
        live(new Connect(generation));
    }

    @Override
    public void taken(int generation) {
        live(new Taken(generation));
    }

    @Override
    public void dropUndelivered() {
        live(new DropUndelivered());
    }

    @Override
    public void closeTransport(boolean flush) {
        live(new CloseTransport(flush));
    }

    @Override
    public String transportStatus() {
        return transportStatus;
    }

    @Override
    public void wantWrite() {
        live(new WantWrite());
    }

    @Override
    public void pauseReading(boolean paused) {
        live(new PauseReading(paused));
    }

    @Override
    public boolean acquirePermits(long payloadBytes) {
        live(new AcquirePermits(payloadBytes, !refusing));
        if (refusing) {
            awaited.add(payloadBytes);
        } else {
            take(payloadBytes);
        }
        return !refusing;
    }

    @Override
    public void abandonPermits() {
        live(new AbandonPermits()); // those that are awaited may be granted at this moment
    }

    @Override
    public void releasePermits(long payloadBytes) {
        // Permits that come too late go back whenever they come.
        effects.add(new ReleasePermits(payloadBytes));
        give(payloadBytes);
    }

    @Override
    public void armTimer(TimerId id, long deadlineNs) {
        live(new ArmTimer(id, deadlineNs));
        deadlines.put(id, deadlineNs);
    }

    @Override
    public void disarmTimer(TimerId id) {
        live(new DisarmTimer(id));
        deadlines.remove(id);
    }

    @Override
    public void deliver(Message message) {
        live(new Deliver(message.header().seq()));
        delivered.add(message);
    }

    @Override
    public void replayed() {
        if (ended) {
            throw new AssertionError("a message was replayed after the end");
        }
        replayed++;
    }

    @Override
    public void sent(OutMessage message) {
        // A message that comes too late is discarded whenever it comes.
        effects.add(new Sent(message.number()));
        if (sent.contains(message.number())) {
            throw new AssertionError("message " + message.number() + " was sent twice");
        }
        sent.add(message.number());
    }

    @Override
    public void notify(SessionEvent event) {
        if (event instanceof SessionEvent.Discarded) {
            effects.add(new Notify(event));
        } else {
            live(new Notify(event));
        }
    }

    @Override
    public void keepaliveAnswered(long roundTripNs) {
        keepalivesAnswered.add(roundTripNs);
    }

    @Override
    public void pingAnswered(long ping, long roundTripNs) {
        live(new PingAnswered(ping, roundTripNs));
    }

    @Override
    public void pingFailed(long ping, ProtocolException cause) {
        // A KEEPALIVE2 that is asked for too late fails whenever it is asked for.
        effects.add(new PingFailed(ping, cause));
    }

    @Override
    public void ended(@Nullable ProtocolException cause) {
        live(new Ended(cause));
        ended = true;
        if (!deadlines.isEmpty()) {
            throw new AssertionError("timers outlive the session: " + deadlines);
        }
    }
}
