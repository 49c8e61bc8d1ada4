package org.msgr2.session.machine;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.List;
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
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageHeader;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.accept.AcceptDecision;
import org.msgr2.session.accept.ExistingSession;
import org.msgr2.session.handshake.Secured;
import org.msgr2.session.negotiation.AcceptNegotiation;
import org.msgr2.session.negotiation.ConnectNegotiation;
import org.msgr2.session.negotiation.Established;

/**
 * One session with one peer (spec/msgr2 §5): decides when to dial, what to send next and what a frame means. It owns no
 * socket, thread or clock: inputs carry the time, those of a transport its generation, and an input of an older generation
 * is ignored. What it wants done it says to its {@link SessionEffects}; what it has to send is polled.
 *
 * <p>A lossy session has one transport, and the first fault after READY ends it. Any other outlives its transports: it dials
 * again, or waits to be dialled or for something to send, or is taken over by a connection that comes in, and sends again what
 * the peer does not have.
 *
 * <p>Not thread-safe: everything happens on one loop.
 */
public final class Session {
    private static final List<TimerId> OF_TRANSPORT =
            List.of(TimerId.READY, TimerId.IDLE, TimerId.KEEPALIVE, TimerId.KEEPALIVE_ACK);

    private final SessionConfig config;
    private final Limits limits;
    private final SessionEffects effects;
    private final Outbound outbound;
    private final AckTracker acks = new AckTracker();
    private final Establishment establishment = new Establishment();
    private final Keepalive keepalive = new Keepalive();
    private final Liveness liveness;
    private final Receiver receiver;
    private final Backoff backoff;
    private final OutFrame outFrame;
    private final MessageWriter writer;
    private final PoisonWatch poison;

    private SessionState state = SessionState.CONNECTING;
    private int generation;
    private boolean closing;
    private boolean transportOpen;
    private boolean lossy;
    private boolean disposable;

    public Session(SessionConfig config, SessionEffects effects) {
        this.config = config;
        this.limits = config.limits();
        this.lossy = config.policy().lossy();
        this.effects = effects;
        this.outbound = new Outbound(effects::sent);
        this.liveness = new Liveness(config, keepalive, effects);
        this.receiver = new Receiver(effects, this::frame);
        this.backoff = new Backoff(limits.timeouts());
        this.outFrame = new OutFrame(limits.frames().controlBytesMax());
        this.writer = new MessageWriter(outbound, outFrame);
        this.poison = new PoisonWatch(limits.queues().poisonBreaksMax());
    }

    // --- Establishing

    /** Begins to dial, unless the session was closed before, or the peer was faster. Once. */
    public void connect(long nowNs) {
        if (state == SessionState.CONNECTING && !transportOpen) {
            startAttempt(nowNs);
        }
    }

    private void startAttempt(long nowNs) {
        establishment.attempt();
        state = SessionState.CONNECTING;
        openTransport();
        effects.armTimer(TimerId.READY, nowNs + limits.timeouts().ready().toNanos());
        effects.connect(generation);
    }

    private void openTransport() {
        generation++;
        transportOpen = true;
        effects.disarmTimer(TimerId.BACKOFF);
        effects.disarmTimer(TimerId.STANDBY);
    }

    /** A dialled transport has finished its handshake. Ownership of the decoder passes. */
    public void secured(Secured secured, ConnectNegotiation.Terms terms, int ofGeneration) {
        if (!current(ofGeneration)) {
            secured.decoder().close();
            return;
        }
        receiver.open(secured.decoder());
        establishment.negotiate(terms, secured, acks.inSeq());
        effects.wantWrite();
    }

    private void negotiated(ControlFrame frame, long nowNs) throws ProtocolException {
        ConnectNegotiation.Verdict verdict = establishment.answered(frame);
        if (verdict instanceof ConnectNegotiation.Begun begun) {
            outbound.restart();
            acks.restart();
            ready(establishment.begun(begun.established()), true, nowNs);
        } else if (verdict instanceof ConnectNegotiation.Resumed resumed) {
            if (!outbound.resume(resumed.msgSeq())) {
                throw impossible(resumed.msgSeq());
            }
            ready(establishment.resumed(), true, nowNs);
        } else if (verdict instanceof ConnectNegotiation.Again again) {
            establishment.say(again.frame());
            effects.wantWrite();
        } else if (verdict instanceof ConnectNegotiation.Forgotten forgotten) {
            if (forgotten.full()) {
                forget();
            } else {
                establishment.forgetAcceptor();
                acks.restart();
            }
            establishment.begin(acks.inSeq());
            effects.wantWrite();
        } else {
            waitForPeer(nowNs);
        }
    }

    /** What the peer says of its position cannot be: adopting it would lose messages, so the session begins anew. */
    private ProtocolException impossible(long msgSeq) {
        ProtocolException cause = new ProtocolException(
                FaultKind.SEQUENCE,
                "the peer claims message " + Long.toUnsignedString(msgSeq) + "; it has acknowledged "
                        + outbound.ackedSeq() + ", sent were " + outbound.sentSeq());
        forget();
        return cause;
    }

    /** The peer's own connection wins, and should be here any moment. */
    private void waitForPeer(long nowNs) {
        closeTransport(false);
        state = SessionState.WAIT;
        Duration wait = limits.timeouts().backoffMax();
        effects.armTimer(TimerId.BACKOFF, nowNs + wait.toNanos());
        ProtocolException cause = new ProtocolException(FaultKind.SEQUENCE, "the peer prefers a connection of its own");
        effects.notify(new SessionEvent.AttemptFailed(establishment.attempts(), cause.fromPeer(config.peer()), wait));
    }

    /**
     * The peer has dialled, and the session begins over that transport, or begins anew. The transport that there was is closed.
     * Ownership of the decoder passes.
     */
    public void accepted(AcceptNegotiation.Begin begin, long nowNs) {
        take(begin.established().secured());
        if (begin.rule().action() == AcceptDecision.Action.RESET_AND_TAKE_OVER) {
            forget();
        }
        outbound.restart();
        acks.restart();
        ready(establishment.accepted(begin), false, nowNs);
    }

    /** The peer has dialled, and the session goes on over that transport. Otherwise as {@link #accepted}. */
    public void resumed(AcceptNegotiation.Resume resume, long nowNs) {
        take(resume.secured());
        if (!outbound.resume(resume.asked().msgSeq())) {
            throw new IllegalStateException("no rule lets that pass: " + resume.asked());
        }
        ready(establishment.taken(resume, acks.inSeq()), false, nowNs);
    }

    private void take(Secured secured) {
        closeTransport(false);
        openTransport();
        effects.taken(generation);
        receiver.open(secured.decoder());
    }

    private void ready(Established agreed, boolean dialled, long nowNs) {
        OutMessage oldest = outbound.oldestAgain();
        if (poison.ready(oldest) && oldest != null) {
            poisoned(oldest);
            return;
        }
        state = SessionState.READY;
        establishment.ready(agreed, nowNs);
        lossy = lossy || agreed.lossy();
        backoff.ready(nowNs);
        agreed.secured().decoder().bounds(FrameBounds.session(limits));
        receiver.mayAbort(lossy || agreed.secured().revision() != Revision.MSGR2_0);
        effects.disarmTimer(TimerId.READY);
        if (poison.isSuspected()) {
            liveness.asking(nowNs);
            if (keepalive.ask(Keepalive.PROBE, UTime.ZERO)) {
                poison.probing();
            }
        }
        liveness.ready(nowNs);
        ConnectionInfo info = establishment.info(endsWithTransport());
        effects.notify(dialled ? new SessionEvent.Connected(info) : new SessionEvent.Accepted(info));
        effects.wantWrite();
    }

    /** Sending it once more would break this transport too: the session ends instead (architecture §2). */
    private void poisoned(OutMessage oldest) {
        MessageHeader header = oldest.message().header();
        long seq = outbound.outSeq() + 1;
        effects.notify(new SessionEvent.Poisoned(
                config.peer(), oldest.number(), header.type(), seq, header.tid(), poison.breaks()));
        ProtocolException cause = new ProtocolException(
                FaultKind.LIMIT,
                poison.breaks() + " connections in a row ended over message " + oldest.number() + ": "
                        + MessageType.toString(header.type()) + ", seq " + Long.toUnsignedString(seq) + ", tid "
                        + Long.toUnsignedString(header.tid()));
        end(false, cause.fromPeer(config.peer()));
    }

    /**
     * What an incoming connection has to know of this session.
     *
     * @param openedNs when that connection was opened
     */
    public ExistingSession existing(boolean sameEntity, long openedNs) {
        return establishment.existing(state, endsWithTransport(), config.policy(), outbound, sameEntity, openedNs);
    }

    /** Who the peer has proven to be; null before the session was ready for the first time. */
    public @Nullable PeerIdentity identity() {
        return establishment.identity();
    }

    /** The peer has to come with CLIENT_IDENT: its position was impossible. */
    public void reset(long nowNs) {
        if (state != SessionState.CLOSED) {
            closeTransport(false);
            forget();
            if (closing) {
                end(false, null); // there is no rest any more
            } else {
                standBy(nowNs);
            }
        }
    }

    /** Another session takes the place of this one. */
    public void displaced(String why) {
        if (state != SessionState.CLOSED) {
            end(false, new ProtocolException(FaultKind.TRANSPORT, why).fromPeer(config.peer()));
        }
    }

    /** Everything but the transport begins anew, since one of the ends knows nothing of the session. */
    private void forget() {
        establishment.forget();
        acks.restart();
        effects.dropUndelivered();
        effects.notify(new SessionEvent.RemoteReset());
        discardQueue("the peer has forgotten the session");
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
        establishment.heardFrame();
        if (frame.tag() == Tag.MESSAGE) {
            message(frame.toMessage());
            return;
        }
        ControlFrame control = frame.toControl(limits);
        frame.release();
        if (establishment.isNegotiating()) {
            negotiated(control, nowNs);
        } else if (control instanceof Keepalive2 ping) {
            keepalive.asked(ping.timestamp());
            effects.wantWrite();
        } else if (control instanceof Keepalive2Ack answer) {
            keepalive.answered(answer.timestamp(), nowNs, this::pingAnswered);
            liveness.armKeepaliveAck();
        } else if (control instanceof Ack ack) {
            backoff.heard();
            acknowledged(ack.seq()); // of which a lossy session keeps nothing
            if (closing) {
                effects.wantWrite();
            }
        } else {
            throw new ProtocolException(FaultKind.SEQUENCE, "unexpected on a ready session")
                    .inFrame(control.tag().name());
        }
    }

    private void message(Message message) {
        backoff.heard();
        acknowledged(message.header().ackSeq());
        if (!acks.received(message.header().seq())) {
            // A duplicate. Unlike Ceph we go on reading, and give the permits back (spec/msgr2 §5.6).
            message.release();
            receiver.releaseAdmitted();
            return;
        }
        receiver.passAdmitted();
        effects.deliver(message);
    }

    private void acknowledged(long seq) {
        if (outbound.acknowledged(seq)) {
            poison.progressed();
        }
    }

    // --- Writing

    /** An accepted message; ownership passes. */
    public void send(OutMessage message, long nowNs) {
        outbound.add(message);
        if (state == SessionState.CLOSED) {
            discardQueue("the connection is closed");
            return;
        }
        wake(nowNs);
    }

    /** The sender of an accepted message has taken it back; it was not begun. Once for each. */
    public void revoked(OutMessage message) {
        outbound.revoked(message);
        if (closing && state != SessionState.READY && state != SessionState.CLOSED && outbound.isEmpty()) {
            end(false, null);
        } else if (closing && state == SessionState.READY) {
            effects.wantWrite();
        }
    }

    /** There is something to send. */
    private void wake(long nowNs) {
        if (state == SessionState.READY) {
            effects.wantWrite();
        } else if (state == SessionState.STANDBY && !config.policy().server()) {
            startAttempt(nowNs);
        }
    }

    /**
     * Sends a KEEPALIVE2 as soon as the session is ready.
     *
     * @param ping names it in the effects that follow; not 0
     */
    public void sendKeepalive(long ping, UTime stamp, long nowNs) {
        liveness.asking(nowNs);
        if (state == SessionState.CLOSED) {
            effects.pingFailed(ping, new ProtocolException(FaultKind.TRANSPORT, "the connection is closed"));
        } else if (!keepalive.ask(ping, stamp)) {
            effects.pingFailed(
                    ping,
                    new ProtocolException(FaultKind.LIMIT, Keepalive.PINGS_MAX + " keepalives wait for their answers"));
        } else {
            if (state == SessionState.READY) {
                liveness.armKeepaliveAck();
            }
            wake(nowNs);
        }
    }

    /**
     * Hands the next frame to the sink, or the next piece of the last one.
     *
     * @return whether there was one
     */
    public boolean poll(FrameSink sink, long nowNs) throws ProtocolException {
        if (!transportOpen) {
            return false;
        }
        if (writer.inFrame()) {
            writer.goOn(sink);
            return true;
        }
        ControlFrame negotiated = establishment.pollFrame();
        if (negotiated != null) {
            sink.frame(outFrame.control(negotiated));
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
        boolean again = outbound.againCount() > 0;
        OutMessage next = poison.holdsBack() ? null : outbound.next();
        if (next != null) {
            if (again) {
                effects.replayed();
            }
            poison.writing();
            writer.begin(next, establishment.features(), acks.tell(), !lossy, sink);
            return true;
        }
        if (!lossy && acks.isDue()) {
            sink.frame(outFrame.control(new Ack(acks.tell())));
            return true;
        }
        if (closing && outbound.isDone()) {
            end(true, null);
        }
        return false;
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
                if (state == SessionState.BACKOFF || state == SessionState.WAIT) {
                    startAttempt(nowNs);
                }
            }
            case STANDBY -> {
                if (state == SessionState.STANDBY) {
                    Duration wait = limits.timeouts().standby();
                    String why = "the peer has not come back within " + wait;
                    end(false, new ProtocolException(FaultKind.TIMEOUT, why).fromPeer(config.peer()));
                }
            }
            case IDLE -> checkAlive(liveness::checkIdle, nowNs);
            case KEEPALIVE -> {
                liveness.asking(nowNs);
                if (state == SessionState.READY && keepalive.ask(Keepalive.UNASKED, wall)) {
                    liveness.armKeepaliveAck();
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
            String awaited = establishment.waitingFor();
            String doing = awaited != null ? "waiting for " + awaited : effects.transportStatus();
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
        if (state != SessionState.READY && (outbound.isEmpty() || state == SessionState.STANDBY)) {
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

    /**
     * From now on the next fault after READY ends the session. Until then it goes on as it was: a peer that does not lose its
     * session counts on acknowledgements.
     */
    public void markDisposable() {
        disposable = true;
    }

    private boolean endsWithTransport() {
        return lossy || disposable;
    }

    /** The per-policy procedure for a lost transport (spec/msgr2 §5.8). */
    private void fault(ProtocolException unnamed, long nowNs) {
        ProtocolException cause = unnamed.fromPeer(config.peer());
        boolean wasReady = state == SessionState.READY;
        if (closing || cause.terminal() || (endsWithTransport() && wasReady)) {
            end(false, closing ? null : cause);
            return;
        }
        closeTransport(false);
        Policy policy = config.policy();
        boolean nothingToSend = outbound.isEmpty() && !keepalive.hasWork();
        if (policy.server() || (policy.standby() && nothingToSend)) {
            standBy(nowNs);
            effects.notify(new SessionEvent.Interrupted(cause, true));
        } else if (wasReady) {
            effects.notify(new SessionEvent.Interrupted(cause, false));
            if (backoff.lost(nowNs)) {
                startAttempt(nowNs);
            } else {
                backOff(nowNs);
            }
        } else {
            long waitNs = backOff(nowNs);
            effects.notify(new SessionEvent.AttemptFailed(establishment.attempts(), cause, Duration.ofNanos(waitNs)));
        }
    }

    /** @return for how long */
    private long backOff(long nowNs) {
        state = SessionState.BACKOFF;
        long waitNs = backoff.nextNs();
        effects.armTimer(TimerId.BACKOFF, nowNs + waitNs);
        return waitNs;
    }

    private void standBy(long nowNs) {
        state = SessionState.STANDBY;
        if (config.policy().server()) {
            // Only the peer can come back, and perhaps it never will.
            effects.armTimer(
                    TimerId.STANDBY, nowNs + limits.timeouts().standby().toNanos());
        }
    }

    private void closeTransport(boolean flush) {
        if (!transportOpen) {
            return;
        }
        transportOpen = false;
        receiver.close();
        if (state == SessionState.READY) {
            poison.lost(outbound.oldestUnacked());
        }
        writer.transportLost();
        outbound.transportLost();
        establishment.transportLost();
        for (TimerId id : OF_TRANSPORT) {
            effects.disarmTimer(id);
        }
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
        Outbound.Discarded all = outbound.discardAll();
        if (all != null) {
            effects.notify(new SessionEvent.Discarded(all.first(), all.last(), all.count(), reason));
        }
    }

    private void pingAnswered(long ping, long roundTripNs) {
        effects.keepaliveAnswered(roundTripNs);
        if (ping == Keepalive.PROBE) {
            poison.proven();
            effects.wantWrite();
        } else if (ping != Keepalive.UNASKED) {
            effects.pingAnswered(ping, roundTripNs);
        }
    }

    private void pingFailed(long ping, String why) {
        if (ping != Keepalive.UNASKED && ping != Keepalive.PROBE) {
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
                && (writer.inFrame()
                        || establishment.hasFrame()
                        || (state == SessionState.READY
                                && (keepalive.hasWork()
                                        || (!outbound.isEmpty() && !poison.holdsBack())
                                        || (!lossy && acks.isDue())
                                        || (closing && outbound.isDone()))));
    }
}
