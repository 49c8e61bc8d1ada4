package org.msgr2.session.machine;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.Ack;
import org.msgr2.core.frame.ControlFrame.Keepalive2;
import org.msgr2.core.frame.ControlFrame.Keepalive2Ack;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameBounds;
import org.msgr2.core.frame.FrameSink;
import org.msgr2.core.frame.OutFrame;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.UTime;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.handshake.Secured;
import org.msgr2.session.negotiation.ConnectNegotiation;
import org.msgr2.session.negotiation.Established;

/**
 * One session with one peer (spec/msgr2 §5): decides when to dial, what to send next and what a frame means. It owns no
 * socket, thread or clock: inputs carry the time, those of a transport its generation, and an input of an older generation
 * is ignored. What it wants done it says to its {@link SessionEffects}; what it has to send is polled.
 *
 * <p>At present sessions of lossy policies: one transport, and the first fault after READY ends them.
 *
 * <p>Not thread-safe: everything happens on one loop.
 */
public final class Session {
    private final SessionConfig config;
    private final Limits limits;
    private final SessionEffects effects;
    private final boolean dialing;
    private final OutQueue queue = new OutQueue();
    private final Keepalive keepalive = new Keepalive();
    private final Liveness liveness;
    private final Receiver receiver;
    private final Backoff backoff;
    private final OutFrame outFrame;

    private SessionState state = SessionState.CONNECTING;
    private int generation;
    private int attempt;
    private boolean closing;
    private boolean transportOpen;
    private @Nullable ConnectNegotiation negotiation;
    private @Nullable ControlFrame negotiationFrame;

    private long inSeq;
    private long outSeq;

    private Session(SessionConfig config, boolean dialing, SessionEffects effects) {
        this.config = config;
        this.limits = config.limits();
        this.dialing = dialing;
        this.effects = effects;
        this.liveness = new Liveness(config, keepalive, effects);
        this.receiver = new Receiver(effects, this::frame);
        this.backoff = new Backoff(limits.timeouts());
        this.outFrame = new OutFrame(limits.frames().controlBytesMax());
    }

    /** A session that dials; {@link #connect} starts it. */
    public static Session dialing(SessionConfig config, SessionEffects effects) {
        return new Session(config, true, effects);
    }

    /** A session that a peer has dialled; {@link #accepted} makes it ready. */
    public static Session accepting(SessionConfig config, SessionEffects effects) {
        return new Session(config, false, effects);
    }

    // --- Establishing

    /** Begins to dial, unless the session was closed before. Once. */
    public void connect(long nowNs) {
        if (state != SessionState.CLOSED) {
            startAttempt(nowNs);
        }
    }

    private void startAttempt(long nowNs) {
        state = SessionState.CONNECTING;
        generation++;
        attempt++;
        transportOpen = true;
        effects.armTimer(TimerId.READY, nowNs + limits.timeouts().ready().toNanos());
        effects.connect(generation);
    }

    /** A dialled transport has finished its handshake. Ownership of the decoder passes. */
    public void secured(Secured secured, ConnectNegotiation negotiator, int ofGeneration, long nowNs) {
        if (!current(ofGeneration)) {
            secured.decoder().close();
            return;
        }
        receiver.open(secured.decoder());
        negotiation = negotiator;
        negotiationFrame = negotiator.start();
        effects.wantWrite();
    }

    /** An accepted transport has finished its negotiation. Ownership of the decoder passes. Once, first. */
    public void accepted(Established established, long nowNs) {
        generation++;
        transportOpen = true;
        receiver.open(established.secured().decoder());
        ready(established, nowNs);
    }

    private void ready(Established established, long nowNs) {
        state = SessionState.READY;
        negotiation = null;
        attempt = 0;
        backoff.reset();
        Secured secured = established.secured();
        secured.decoder().bounds(FrameBounds.session(limits));
        effects.disarmTimer(TimerId.READY);
        liveness.ready(nowNs);
        ConnectionInfo info = new ConnectionInfo(
                established.peerName(),
                established.peerAddrs(),
                secured.identity(),
                established.localAddrs(),
                secured.revision(),
                secured.mode(),
                secured.peerBanner(),
                established.features(),
                established.lossy());
        effects.notify(dialing ? new SessionEvent.Connected(info) : new SessionEvent.Accepted(info));
        effects.wantWrite();
    }

    // --- Reading

    /** Bytes came. Ownership passes. */
    public void bytes(ByteBuf bytes, int ofGeneration, long nowNs) {
        if (!current(ofGeneration)) {
            bytes.release();
            return;
        }
        liveness.read(nowNs);
        guarded(() -> receiver.bytes(bytes, nowNs), nowNs);
    }

    /** The permits that {@link SessionEffects#acquirePermits} could not have at once are taken now. */
    public void permitsGranted(long payloadBytes, int ofGeneration, long nowNs) {
        if (!current(ofGeneration)) {
            effects.releasePermits(payloadBytes);
            return;
        }
        liveness.resumed(nowNs);
        guarded(() -> receiver.granted(payloadBytes, nowNs), nowNs);
    }

    @FunctionalInterface
    private interface Reading {
        void run() throws ProtocolException;
    }

    private void guarded(Reading reading, long nowNs) {
        try {
            reading.run();
        } catch (ProtocolException e) {
            fault(e, nowNs);
        }
    }

    private void frame(Frame frame, long nowNs) throws ProtocolException {
        if (frame.tag() == Tag.MESSAGE) {
            message(frame.toMessage());
            return;
        }
        ControlFrame control = frame.toControl(limits);
        frame.release();
        if (negotiation != null) {
            Established established = negotiation.frame(control);
            if (established != null) {
                ready(established, nowNs);
            }
        } else if (control instanceof Keepalive2 ping) {
            keepalive.asked(ping.timestamp());
            effects.wantWrite();
        } else if (control instanceof Keepalive2Ack answer) {
            keepalive.answered(answer.timestamp(), nowNs, this::pingAnswered);
            liveness.armKeepaliveAck();
        } else if (!(control instanceof Ack)) {
            // A lossy session keeps nothing that an ACK could refer to.
            throw new ProtocolException(FaultKind.SEQUENCE, "unexpected on a ready session")
                    .inFrame(control.tag().name());
        }
    }

    private void message(Message message) {
        long seq = message.header().seq();
        if (Long.compareUnsigned(seq, inSeq) <= 0) {
            // A duplicate. Unlike Ceph we go on reading, and give the permits back (spec/msgr2 §5.6).
            message.release();
            receiver.releaseAdmitted();
            return;
        }
        inSeq = seq;
        receiver.passAdmitted();
        effects.deliver(message);
    }

    // --- Writing

    /** An accepted message; ownership passes. */
    public void send(OutMessage message) {
        if (state == SessionState.CLOSED) {
            discard(message, message, 1, "the connection is closed");
            message.message().release();
            effects.sent(message);
            return;
        }
        queue.add(message);
        if (state == SessionState.READY) {
            effects.wantWrite();
        }
    }

    /**
     * Sends a KEEPALIVE2 as soon as the session is ready.
     *
     * @param ping names it in the effects that follow; not 0
     */
    public void sendKeepalive(long ping, UTime stamp) {
        if (state == SessionState.CLOSED) {
            effects.pingFailed(ping, new ProtocolException(FaultKind.TRANSPORT, "the connection is closed"));
        } else if (!keepalive.ask(ping, stamp)) {
            effects.pingFailed(
                    ping,
                    new ProtocolException(FaultKind.LIMIT, Keepalive.PINGS_MAX + " keepalives wait for their answers"));
        } else if (state == SessionState.READY) {
            effects.wantWrite();
        }
    }

    /**
     * Hands the next frame to the sink.
     *
     * @return whether there was one
     */
    public boolean poll(FrameSink sink, long nowNs) throws ProtocolException {
        if (!transportOpen) {
            return false;
        }
        if (negotiationFrame != null) {
            ControlFrame frame = negotiationFrame;
            negotiationFrame = null;
            sink.frame(outFrame.control(frame));
            return true;
        }
        if (state != SessionState.READY) {
            return false;
        }
        ControlFrame alive = keepalive.poll(nowNs);
        if (alive != null) {
            sink.frame(outFrame.control(alive));
            liveness.armKeepaliveAck();
            return true;
        }
        OutMessage next = queue.poll();
        if (next == null) {
            if (closing) {
                end(true, null);
            }
            return false;
        }
        try {
            sink.frame(outFrame.message(next.message(), ++outSeq, inSeq));
        } finally {
            next.message().release();
            effects.sent(next);
        }
        return true;
    }

    // --- Time

    /**
     * A deadline has passed.
     *
     * @param wall the time of day, for a KEEPALIVE2
     */
    public void timerFired(TimerId id, long nowNs, UTime wall) {
        if (state == SessionState.CLOSED) {
            return;
        }
        switch (id) {
            case READY -> readyTimedOut(nowNs);
            case BACKOFF -> {
                if (state == SessionState.BACKOFF) {
                    startAttempt(nowNs);
                }
            }
            case IDLE -> checkAlive(liveness::checkIdle, nowNs);
            case KEEPALIVE -> {
                if (state == SessionState.READY && keepalive.ask(Keepalive.UNASKED, wall)) {
                    effects.wantWrite();
                }
                liveness.armKeepalive(nowNs);
            }
            case KEEPALIVE_ACK -> checkAlive(liveness::checkKeepalive, nowNs);
            case CLOSE -> end(false, null);
        }
    }

    private void readyTimedOut(long nowNs) {
        if (state == SessionState.CONNECTING) {
            String doing = negotiation != null ? "waiting for SERVER_IDENT" : effects.transportStatus();
            String detail = "not ready within " + limits.timeouts().ready() + ": " + doing;
            fault(new ProtocolException(FaultKind.TIMEOUT, detail), nowNs);
        }
    }

    @FunctionalInterface
    private interface Check {
        @Nullable ProtocolException fault(boolean paused, long nowNs);
    }

    private void checkAlive(Check check, long nowNs) {
        ProtocolException fault = state == SessionState.READY ? check.fault(receiver.isPaused(), nowNs) : null;
        if (fault != null) {
            fault(fault, nowNs);
        }
    }

    // --- The end of a transport, and of the session

    /** The transport ended, or could not be opened, or its handshake failed. */
    public void transportDown(ProtocolException cause, int ofGeneration, long nowNs) {
        if (current(ofGeneration)) {
            fault(cause, nowNs);
        }
    }

    /** Sends what is queued, then closes. */
    public void close(long nowNs) {
        if (state == SessionState.CLOSED || closing) {
            return;
        }
        closing = true;
        if (queue.isEmpty() && state != SessionState.READY) {
            end(false, null);
            return;
        }
        effects.armTimer(TimerId.CLOSE, nowNs + limits.timeouts().close().toNanos());
        effects.wantWrite();
    }

    /** Closes at once; what is queued is discarded. */
    public void markDown() {
        if (state != SessionState.CLOSED) {
            end(false, null);
        }
    }

    /** The per-policy procedure for a lost transport (spec/msgr2 §5.8), for lossy policies. */
    private void fault(ProtocolException unnamed, long nowNs) {
        ProtocolException cause = unnamed.fromPeer(config.peer());
        boolean established = state == SessionState.READY;
        if (!dialing || established || cause.terminal() || closing) {
            end(false, closing ? null : cause);
            return;
        }
        closeTransport(false);
        state = SessionState.BACKOFF;
        long waitNs = backoff.nextNs();
        effects.armTimer(TimerId.BACKOFF, nowNs + waitNs);
        effects.notify(new SessionEvent.AttemptFailed(attempt, cause, Duration.ofNanos(waitNs)));
    }

    private void closeTransport(boolean flush) {
        if (!transportOpen) {
            return;
        }
        transportOpen = false;
        receiver.close();
        negotiation = null;
        negotiationFrame = null;
        effects.disarmTimer(TimerId.READY);
        effects.closeTransport(flush);
        keepalive.transportLost(ping -> pingFailed(ping, "the connection was lost"));
    }

    /** @param cause null if the application ended it */
    private void end(boolean flush, @Nullable ProtocolException cause) {
        closeTransport(flush);
        state = SessionState.CLOSED;
        for (TimerId id : TimerId.values()) {
            effects.disarmTimer(id);
        }
        keepalive.close(ping -> pingFailed(ping, "the connection is closed"));
        discardQueue(cause == null ? "closed by the application" : String.valueOf(cause.getMessage()));
        if (cause != null) {
            effects.notify(new SessionEvent.Reset(cause));
        }
        effects.ended(cause);
    }

    private void discardQueue(String reason) {
        OutMessage first = null;
        OutMessage last = null;
        int count = 0;
        for (OutMessage message = queue.poll(); message != null; message = queue.poll()) {
            first = first == null || message.number() < first.number() ? message : first;
            last = last == null || message.number() > last.number() ? message : last;
            count++;
            message.message().release();
            effects.sent(message);
        }
        if (first != null && last != null) {
            discard(first, last, count, reason);
        }
    }

    private void discard(OutMessage first, OutMessage last, int count, String reason) {
        effects.notify(new SessionEvent.Discarded(first.number(), last.number(), count, reason));
    }

    private void pingAnswered(long ping, long roundTripNs) {
        if (ping != Keepalive.UNASKED) {
            effects.pingAnswered(ping, roundTripNs);
        }
    }

    private void pingFailed(long ping, String why) {
        if (ping != Keepalive.UNASKED) {
            effects.pingFailed(ping, new ProtocolException(FaultKind.TRANSPORT, why).fromPeer(config.peer()));
        }
    }

    /** A transport that is not the session's any more has nothing to say. */
    private boolean current(int ofGeneration) {
        return transportOpen && ofGeneration == generation;
    }

    public SessionState state() {
        return state;
    }

    public int generation() {
        return generation;
    }

    /** Whether {@link #poll} has something to hand out. */
    public boolean hasWork() {
        return transportOpen
                && (negotiationFrame != null
                        || (state == SessionState.READY && (keepalive.hasWork() || !queue.isEmpty() || closing)));
    }
}
