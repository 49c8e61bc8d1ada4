package org.msgr2.session.driver;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.frame.FrameSink;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.ConnectionState;
import org.msgr2.session.ConnectionStats;
import org.msgr2.session.ConnectionTraffic;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.accept.ExistingSession;
import org.msgr2.session.dispatch.ConnectionQueues;
import org.msgr2.session.dispatch.ServiceLane;
import org.msgr2.session.handshake.Secured;
import org.msgr2.session.machine.OutMessage;
import org.msgr2.session.machine.Session;
import org.msgr2.session.machine.SessionConfig;
import org.msgr2.session.machine.SessionEffects;
import org.msgr2.session.machine.SessionState;
import org.msgr2.session.machine.TimerId;
import org.msgr2.session.negotiation.AcceptNegotiation;
import org.msgr2.session.negotiation.ConnectNegotiation;
import org.msgr2.session.negotiation.OwnAddresses;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.TransportSecurity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop's end of a connection: gives the session its inputs and carries out its effects. Works in passes: one input,
 * then what it has brought for the application, then what the application has sent, then one write. So application code
 * never runs within a step of the session, and what it sends in answer leaves with the same flush.
 */
final class ConnectionDriver implements SessionEffects, OutMessage.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionDriver.class);
    /** A pass leaves the loop to others after so many frames; the rest follows in another. */
    private static final int FRAMES_PER_PASS_MAX = 1024;

    /** What is handed over on the loop when a step is over. */
    private sealed interface Delivery {
        record OfMessage(Dispatcher dispatcher, Message message) implements Delivery {}

        record OfEvent(SessionEvent event) implements Delivery {}
    }

    private final Node node;
    private final ConnectionHandle handle;
    private final Loop loop;
    private final Session session;
    private final ConnectionQueues dispatch;
    private final PermitGate permits;
    private final ServiceHold hold = new ServiceHold();
    private final Map<TimerId, Loop.Timer> timers = new EnumMap<>(TimerId.class);
    private final Pings pings;
    private final Queue<Delivery> fastDeliveries = new ArrayDeque<>();
    private final ConnectionCounters counters = new ConnectionCounters();
    private final TrafficCounters traffic;
    private final LoopTimes times;
    private final Runnable runFastDeliveries = this::runFastDeliveries;
    private final Runnable write = this::write;
    private final AtomicBoolean woken = new AtomicBoolean();
    private @Nullable Link link;
    /** The link that the session is about to go over to. */
    private @Nullable Link incoming;

    /** What protected the last link that the peer opened; who is dialled proves something else, if both prove anything. */
    private @Nullable TransportSecurity cameWith;

    private boolean inPass;
    private boolean peerGone;
    /** As it was at the end of the last pass, for other threads. */
    private volatile SessionState state = SessionState.CONNECTING;

    private volatile boolean readingPaused;

    ConnectionDriver(Node node, ConnectionHandle handle, Loop loop) {
        this.node = node;
        this.handle = handle;
        this.loop = loop;
        this.dispatch = node.newDispatchQueues();
        this.pings = new Pings(dispatch::execute);
        this.traffic = new TrafficCounters(node.counters());
        this.times = node.counters().times();
        node.counters().created();
        this.permits = new PermitGate(
                node.config().limits().queues().dispatchMessagesMax(),
                node.policyAccounts().of(handle.policy().throttle()),
                node.dispatchBytes());
        SessionConfig config = node.sessionConfig(handle.peerAddr(), handle.policy());
        this.session = new Session(config, this);
    }

    // --- From the application, on any thread

    ConnectionStats stats() {
        return counters.stats();
    }

    ConnectionTraffic traffic() {
        return traffic.current();
    }

    ConnectionState state() {
        return switch (state) {
            case CONNECTING -> ConnectionState.CONNECTING;
            case BACKOFF -> ConnectionState.BACKOFF;
            case WAIT -> ConnectionState.WAIT;
            case READY -> ConnectionState.READY;
            case STANDBY -> ConnectionState.STANDBY;
            case CLOSED -> ConnectionState.CLOSED;
        };
    }

    /** Whether nothing is read until permits come back. */
    boolean isReadingPaused() {
        return readingPaused;
    }

    /** Messages received, and the application is not through with them. */
    long undispatched() {
        return permits.messages();
    }

    void dial() {
        onLoop(() -> session.connect(loop.nanoTime()));
    }

    void ping(CompletableFuture<Duration> result) {
        onLoop(() -> {
            session.sendKeepalive(pings.add(result), node.wallTime(), loop.nanoTime());
        });
    }

    void close() {
        onLoop(() -> session.close(loop.nanoTime()));
    }

    void markDown() {
        onLoop(session::markDown);
    }

    void markDisposable() {
        onLoop(session::markDisposable);
    }

    /** Something is in the mailbox. Any number of calls until the loop gets there cost one task. */
    void wake() {
        if (loop.inLoop() && inPass) {
            return; // the pass looks into the mailbox before it ends
        }
        if (woken.compareAndSet(false, true)) {
            onLoop(() -> {});
        }
    }

    @Override
    public void revoked(OutMessage message) {
        if (!onLoop(() -> session.revoked(message))) {
            handle.unreserve(message);
        }
    }

    /** @return false if the loop has ended */
    private boolean onLoop(Runnable step) {
        try {
            loop.execute(() -> pass(step));
            return true;
        } catch (RejectedExecutionException e) {
            // The messenger is closed and its loops have ended: nothing will ever be written.
            discardMailbox();
            pings.failAll("the messenger is closed");
            return false;
        }
    }

    // --- From the link, on the loop

    void secured(Link from, Secured secured, int generation) {
        pass(() -> {
            ConnectNegotiation.Terms terms = new ConnectNegotiation.Terms(
                    ownAddresses(from, secured),
                    handle.peerAddr(),
                    node.gid(),
                    handle.policy(),
                    node.globalSeq()::next,
                    node.cookies(),
                    node.config().limits().handshake().negotiationRoundsMax());
            session.secured(secured, terms, generation);
        });
    }

    /** As the peer sees us; as our socket does, if the peer does not say. */
    private EntityAddrVec ownAddresses(Link from, Secured secured) {
        OwnAddresses addresses = node.addressesFor(from);
        EntityAddrVec own = addresses.learn(secured.seenAs());
        return own.first().isBlankIp() ? addresses.learn(from.localAddr()) : own;
    }

    // --- From a link that a peer has opened, on the loop

    /** The session begins, or begins anew, over that link. */
    void accepted(Link from, AcceptNegotiation.Begin begin) {
        incoming = from;
        cameWith = from.security();
        counters.identAccepted();
        pass(() -> session.accepted(begin, loop.nanoTime()));
    }

    /** The session goes on over that link. */
    void resumed(Link from, AcceptNegotiation.Resume resume) {
        incoming = from;
        cameWith = from.security();
        counters.reconnectAccepted();
        pass(() -> session.resumed(resume, loop.nanoTime()));
    }

    /** Our own attempt wins over the peer's: it has to become ready even if there is nothing to send. */
    void keepAlive() {
        pass(() -> session.sendKeepalive(0, node.wallTime(), loop.nanoTime()));
    }

    /** The peer's position was impossible: the session begins anew. */
    void reset() {
        pass(() -> session.reset(loop.nanoTime()));
    }

    /** A newer connection of the peer takes the place. */
    void replaced() {
        pass(() -> session.displaced("replaced by a newer connection of the peer"));
    }

    /** Others need the place. From any thread. */
    void displaced(String why) {
        onLoop(() -> session.displaced(why));
    }

    /**
     * What a connection that comes in finds here.
     *
     * @param incoming who it has proven to be
     * @param security what protects it below the protocol
     * @param openedNs when it was opened
     */
    ExistingSession existing(PeerIdentity incoming, @Nullable TransportSecurity security, long openedNs) {
        boolean same = Node.isSame(incoming, session.identity(), handle.peerType())
                && (incoming.authenticated() || Node.hasSameCertificate(security, cameWith));
        return session.existing(same, openedNs);
    }

    Loop loop() {
        return loop;
    }

    /** Ownership passes. */
    void bytes(ByteBuf bytes, int generation) {
        pass(() -> times.run(LoopTimes.Part.RECEIVING, loop, () -> received(bytes, generation)));
    }

    private void received(ByteBuf bytes, int generation) {
        traffic.receivedBytes(bytes.readableBytes(), link != null && link.isEncrypted());
        session.bytes(bytes, generation, loop.nanoTime());
    }

    void writable() {
        pass(() -> {});
    }

    void transportDown(ProtocolException cause, int generation) {
        pass(() -> session.transportDown(cause, generation, loop.nanoTime()));
    }

    // --- Passes

    private void pass(Runnable step) {
        if (inPass) {
            step.run();
            return;
        }
        inPass = true;
        times.run(LoopTimes.Part.RUNNING, loop, () -> wholePass(step));
    }

    private void wholePass(Runnable step) {
        try {
            woken.set(false);
            takeMailbox(); // what was sent before a fault is discarded with it, not behind it
            step.run();
            do {
                if (!fastDeliveries.isEmpty()) {
                    times.run(LoopTimes.Part.FAST_DISPATCH, loop, runFastDeliveries);
                }
                takeMailbox();
            } while (!fastDeliveries.isEmpty());
            if (link != null) {
                times.run(LoopTimes.Part.SENDING, loop, write);
            }
            tellWhetherPeerIsGone();
            // A connection that has ended takes nothing, and says nothing any more.
            if (session.state() != SessionState.CLOSED && handle.takeWritable()) {
                notify(new SessionEvent.Writable());
                runFastDeliveries();
            }
            if (handle.hasSent()) {
                wakeLater(); // sent by what the write released
            }
        } catch (RuntimeException e) {
            LOG.error("{}: closing after an internal error", handle, e);
            session.markDown();
        } finally {
            inPass = false;
            traffic.publish();
            if (state != session.state()) {
                state = session.state();
            }
        }
    }

    private void tellWhetherPeerIsGone() {
        boolean gone = session.state() == SessionState.STANDBY;
        if (gone != peerGone) {
            peerGone = gone;
            node.sessions().absent(handle, gone);
        }
    }

    private void takeMailbox() {
        for (OutMessage message = handle.takeSent(); message != null; message = handle.takeSent()) {
            session.send(message, loop.nanoTime());
        }
    }

    private void discardMailbox() {
        for (OutMessage message = handle.takeSent(); message != null; message = handle.takeSent()) {
            if (message.discard()) {
                message.message().release();
                handle.unreserve(message);
            }
        }
    }

    private void runFastDeliveries() {
        for (Delivery next = fastDeliveries.poll(); next != null; next = fastDeliveries.poll()) {
            if (next instanceof Delivery.OfMessage fast) {
                // The permits come back first: what is handled at once is not held in memory by us.
                permits.release(fast.message().payloadBytes());
                dispatch.fast(fast.dispatcher(), handle, fast.message());
            } else if (next instanceof Delivery.OfEvent told) {
                node.chain().fastEvent(handle, told.event());
            }
        }
    }

    private void write() {
        Link current = link;
        if (current == null) {
            return;
        }
        int frames = 0;
        do {
            frames += poll(current, FRAMES_PER_PASS_MAX - frames);
            traffic.sentBytes(current.flush(), current.isEncrypted());
            // The flush itself may have made the link writable again: it told us so within this pass, and will not
            // again.
        } while (frames < FRAMES_PER_PASS_MAX && current.isWritable() && session.hasWork());
        if (frames == FRAMES_PER_PASS_MAX && session.hasWork()) {
            wakeLater();
        }
    }

    /** @return how many frames there were */
    private int poll(Link current, int framesMax) {
        int frames = 0;
        FrameSink counting = frame -> {
            counters.sent(frame.tag());
            current.frame(frame);
            if (frame.tag() == Tag.MESSAGE && !frame.hasRest()) {
                traffic.sentMessage();
            }
        };
        try {
            while (current.isWritable() && frames < framesMax && session.poll(counting, loop.nanoTime())) {
                frames++;
            }
        } catch (ProtocolException e) {
            transportDown(e, session.generation());
        }
        return frames;
    }

    private void wakeLater() {
        if (woken.compareAndSet(false, true)) {
            onLoop(() -> {});
        }
    }

    // --- Effects

    @Override
    public void connect(int generation) {
        counters.attempted();
        Link dialled = Link.connecting(node, this, handle.peerType(), handle.peerAddr(), generation);
        link = dialled;
        handle.requireDialer().connect(handle.peerAddr(), loop, dialled, cause -> {
            String why = "cannot connect: " + reason(cause);
            transportDown(new ProtocolException(FaultKind.TRANSPORT, why, cause), generation);
        });
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    @Override
    public void taken(int generation) {
        link = incoming;
        incoming = null;
        if (link != null) {
            link.enter(this, generation);
        }
    }

    @Override
    public void closeTransport(boolean flush) {
        hold.forget();
        Link old = link;
        link = null;
        readingPaused = false;
        if (old != null) {
            traffic.sentBytes(old.close(flush), old.isEncrypted());
        }
    }

    @Override
    public void dropUndelivered() {
        fastDeliveries.removeIf(this::dropIfMessage);
        dispatch.dropMessages();
    }

    private boolean dropIfMessage(Delivery next) {
        if (next instanceof Delivery.OfMessage fast) {
            permits.release(fast.message().payloadBytes());
            fast.message().release();
            return true;
        }
        return false;
    }

    @Override
    public String transportStatus() {
        return link == null ? "no transport" : link.status();
    }

    @Override
    public void wantWrite() {
        // Every input is part of a pass, and every pass ends with a write.
    }

    @Override
    public void pauseReading(boolean paused) {
        readingPaused = paused;
        if (link != null) {
            link.setReading(!paused);
        }
    }

    @Override
    public boolean acquirePermits(long payloadBytes) {
        int generation = session.generation();
        LongConsumer granted = bytes -> {
            if (!onLoop(() -> session.permitsGranted(bytes, generation, loop.nanoTime()))) {
                releasePermits(bytes);
            }
        };
        boolean held = hold.holds(() -> onLoop(() -> {
            if (generation == session.generation() && acquirePermits(payloadBytes)) {
                session.permitsGranted(payloadBytes, generation, loop.nanoTime());
            }
        }));
        return !held && permits.acquire(payloadBytes, granted);
    }

    @Override
    public void abandonPermits() {
        permits.abandon();
    }

    @Override
    public void releasePermits(long payloadBytes) {
        permits.release(payloadBytes);
        permits.released(payloadBytes);
    }

    @Override
    public void armTimer(TimerId id, long deadlineNs) {
        disarmTimer(id);
        timers.put(
                id,
                loop.schedule(() -> pass(() -> session.timerFired(id, loop.nanoTime(), node.wallTime())), deadlineNs));
    }

    @Override
    public void disarmTimer(TimerId id) {
        Loop.Timer timer = timers.remove(id);
        if (timer != null) {
            timer.cancel();
        }
    }

    @Override
    public void deliver(Message message) {
        traffic.receivedMessage();
        if (permits.countsUntilReleased()) {
            long payloadBytes = message.payloadBytes();
            message.onDeallocate(() -> permits.released(payloadBytes));
        }
        Dispatcher fast = node.chain().fast(message.type());
        if (fast != null) {
            fastDeliveries.add(new Delivery.OfMessage(fast, message));
            return;
        }
        long payloadBytes = message.payloadBytes();
        ServiceLane lane = node.lanes().ofType(message.type());
        if (lane == null) {
            dispatch.message(handle, message, () -> permits.release(payloadBytes));
        } else if (lane.share().add(payloadBytes)) {
            permits.handOn(payloadBytes); // the messenger's budget is for others
            dispatch.message(lane, handle, message, () -> {
                lane.share().remove(payloadBytes);
                permits.handled();
            });
        } else {
            hold.overfilled(lane.share());
            dispatch.message(lane, handle, message, () -> {
                lane.share().remove(payloadBytes);
                permits.release(payloadBytes);
            });
        }
    }

    @Override
    public void replayed() {
        traffic.replayedMessage();
        node.messageReplayed();
    }

    @Override
    public void sent(OutMessage message) {
        handle.unreserve(message);
    }

    @Override
    public void notify(SessionEvent event) {
        counters.happened(event);
        node.counters().happened(event, counters.stats());
        if (event instanceof SessionEvent.Connected connected) {
            ConnectionInfo info = withSecurity(connected.info());
            ready(new SessionEvent.Connected(info), info);
        } else if (event instanceof SessionEvent.Accepted accepted) {
            ConnectionInfo info = withSecurity(accepted.info());
            ready(new SessionEvent.Accepted(info), info);
        } else {
            tell(event);
        }
    }

    private void tell(SessionEvent event) {
        dispatch.event(handle, event);
        fastDeliveries.add(new Delivery.OfEvent(event));
    }

    /** The session does not know what carries its bytes. */
    private ConnectionInfo withSecurity(ConnectionInfo info) {
        return link == null ? info : info.withSecurity(link.security());
    }

    private void ready(SessionEvent event, ConnectionInfo info) {
        handle.info(info);
        tell(event);
        dispatch.execute(() -> handle.readyFuture().complete(info));
    }

    @Override
    public void pingAnswered(long ping, long roundTripNs) {
        pings.answered(ping, roundTripNs);
    }

    @Override
    public void pingFailed(long ping, ProtocolException cause) {
        pings.failed(ping, cause);
    }

    @Override
    public void keepaliveAnswered(long roundTripNs) {
        node.counters().roundTrip(roundTripNs);
    }

    @Override
    public void ended(@Nullable ProtocolException cause) {
        handle.refuseMessages();
        node.sessions().ended(handle);
        ProtocolException why =
                cause != null ? cause : new ProtocolException(FaultKind.TRANSPORT, "closed by the application");
        dispatch.execute(() -> {
            handle.readyFuture().completeExceptionally(why);
            handle.closedFuture().complete(null);
        });
    }
}
