package org.msgr2.session.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.FrameEncoder;
import org.msgr2.core.frame.FrameSink;
import org.msgr2.core.frame.OutFrame;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.session.FrameObserver;
import org.msgr2.session.HandshakeListener.End;
import org.msgr2.session.HandshakeListener.HandshakeEnded;
import org.msgr2.session.handshake.FrameTap;
import org.msgr2.session.handshake.Handshake;
import org.msgr2.session.handshake.Secured;
import org.msgr2.session.negotiation.AcceptNegotiation.Claim;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;
import org.msgr2.session.transport.TransportSecurity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One byte stream, from its first byte to its last: carries it through the handshake and, if a peer has opened it, the
 * negotiation, then feeds the session that it belongs to. Lives on the stream's loop.
 */
final class Link implements StreamListener, FrameSink {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final int READ_BUFFER_BYTES = 64 * 1024;

    private enum Stage {
        /** There is no stream yet. */
        OPENING,
        /** There is a stream, and what is to protect it is being agreed upon. */
        SECURING,
        HANDSHAKE,
        /** The peer's authentication waits for an answer from elsewhere; bytes are parked. */
        PENDING,
        /** The peer has to say which session it wants. */
        NEGOTIATION,
        /** On the way to the loop of the session that the peer wants; bytes are parked. */
        MOVING,
        /** Bytes go to the session. */
        SESSION,
        CLOSED
    }

    private final Node node;
    private final EntityType expectedType;
    private final @Nullable EntityAddr target;
    private final @Nullable Transport dialer;
    private @Nullable ConnectionDriver driver;
    private int generation;
    private Stage stage = Stage.OPENING;
    private @Nullable ByteStream stream;
    private @Nullable BatchSink sink;
    private @Nullable Handshake handshake;
    private @Nullable Secured secured;
    private @Nullable FrameEncoder encoder;
    private boolean encrypted;
    private @Nullable Acceptance acceptance;
    private Loop.@Nullable Timer readyTimer;
    private long readyDeadlineNs;
    private long openedNs;
    private ByteBuf parked = Unpooled.EMPTY_BUFFER;

    private Link(
            Node node,
            @Nullable ConnectionDriver driver,
            EntityType expectedType,
            @Nullable EntityAddr target,
            @Nullable Transport dialer,
            int generation) {
        this.node = node;
        this.driver = driver;
        this.expectedType = expectedType;
        this.target = target;
        this.dialer = dialer;
        this.generation = generation;
    }

    /** For a stream that the driver's session dials. */
    static Link connecting(
            Node node, ConnectionDriver driver, EntityType expectedType, EntityAddr target, int generation) {
        return new Link(node, driver, expectedType, target, null, generation);
    }

    /**
     * For a stream that a peer has opened: it has no session yet.
     *
     * @param dialer with which the session would dial the peer; null if it must not
     */
    static Link accepting(Node node, @Nullable Transport dialer) {
        return new Link(node, null, EntityType.ANY, null, dialer, 0);
    }

    // --- The stream's life

    @Override
    public void onSecuring(ByteStream opened) {
        if (stage == Stage.CLOSED) {
            opened.close(); // given up while it was being dialled
            return;
        }
        stage = Stage.SECURING;
        take(opened);
    }

    @Override
    public void onOpen(ByteStream opened) {
        if (stage == Stage.CLOSED) {
            opened.close();
            return;
        }
        boolean taken = stage == Stage.SECURING;
        openedNs = opened.loop().nanoTime();
        BatchSink out = new BatchSink(opened);
        sink = out;
        stage = Stage.HANDSHAKE;
        handshake = target == null
                ? Handshake.accepting(node.handshakeConfig(), opened.remoteAddr(), out)
                : Handshake.connecting(node.handshakeConfig(), target, expectedType, out);
        FrameObserver observer = node.config().frameObserver();
        if (observer != null) {
            handshake.observedBy(new FrameTap(observer, opened.localAddr(), opened.remoteAddr(), target != null));
        }
        if (!taken) {
            take(opened);
        }
        if (stage == Stage.HANDSHAKE) {
            guarded(() -> handshake().start());
        }
    }

    /** From here on an accepted stream counts among those that are not ready, and its time runs. */
    private void take(ByteStream opened) {
        stream = opened;
        opened.setReadBufferBytes(handshakeLimits().readBufferBytes());
        if (target == null) {
            enterGate(opened);
        }
    }

    private void enterGate(ByteStream opened) {
        if (node.sessions().full()) {
            fail(SessionRegistry.tooMany());
            return;
        }
        Link oldest = node.gate().enter(this);
        if (oldest != null) {
            oldest.drop("more than " + handshakeLimits().peersMax() + " peers are not ready, and it is the oldest");
        }
        readyDeadlineNs = opened.loop().nanoTime()
                + node.config().limits().timeouts().ready().toNanos();
        armReadyTimer(opened);
    }

    private void armReadyTimer(ByteStream opened) {
        readyTimer = opened.loop()
                .schedule(
                        () -> fail(new ProtocolException(
                                FaultKind.TIMEOUT,
                                "not ready within "
                                        + node.config().limits().timeouts().ready() + ": " + status())),
                        readyDeadlineNs);
    }

    /** Ends a link that is not ready yet. From any thread, once the link has entered the gate. */
    void drop(String why) {
        Loop loop = openStream().loop();
        loop.execute(() -> {
            if (!openStream().loop().inLoop()) {
                drop(why); // it has moved since
            } else if (stage != Stage.SESSION) {
                fail(new ProtocolException(FaultKind.LIMIT, why));
            }
        });
    }

    Loop loop() {
        return openStream().loop();
    }

    /** Where the peer came from. */
    EntityAddr remoteAddr() {
        return openStream().remoteAddr();
    }

    /** Our end of the stream. */
    EntityAddr localAddr() {
        return openStream().localAddr();
    }

    /** What protects the stream below the protocol, if anything does. */
    @Nullable TransportSecurity security() {
        return openStream().security();
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
        if (stage == Stage.CLOSED) {
            return;
        }
        if (cause instanceof ProtocolException known) {
            fail(known);
            return;
        }
        String how = cause == null ? "the peer closed the connection" : "the connection broke: " + cause.getMessage();
        String when = stage == Stage.SESSION ? "" : " while " + status();
        fail(new ProtocolException(FaultKind.TRANSPORT, how + when, cause));
    }

    @Override
    public void onWritable() {
        if (stage == Stage.SESSION && driver != null) {
            driver.writable();
        }
    }

    /** The end, by a fault of the peer, of the network or of time. */
    private void fail(ProtocolException cause) {
        if (stage == Stage.CLOSED) {
            return;
        }
        ConnectionDriver owner = driver;
        if (owner != null) {
            owner.transportDown(cause, generation);
        } else {
            EntityAddr remote = stream == null ? EntityAddr.BLANK : stream.remoteAddr();
            ProtocolException named = cause.fromPeer(remote.toString());
            node.handshakeEnded(
                    acceptance == null
                            ? new HandshakeEnded(remote, End.CLOSED, 0, 0, named)
                            : acceptance.ended(remote, End.CLOSED, named));
        }
        close(false);
    }

    /**
     * @param flush send first what was written
     * @return how many bytes go out with that
     */
    long close(boolean flush) {
        if (stage == Stage.CLOSED) {
            return 0;
        }
        stage = Stage.CLOSED;
        leaveGate();
        if (handshake != null) {
            handshake.close();
        }
        if (secured != null) {
            secured.decoder().close();
            secured = null;
        }
        parked.release();
        parked = Unpooled.EMPTY_BUFFER;
        long flushed = stream == null ? 0 : endStream(stream, flush);
        if (encoder != null) {
            encoder.close();
        }
        return flushed;
    }

    private long endStream(ByteStream open, boolean flush) {
        if (sink != null && flush) {
            long flushed = sink.flush();
            open.finish();
            return flushed;
        }
        if (sink != null) {
            sink.discard();
        }
        open.close();
        return 0;
    }

    private void leaveGate() {
        node.gate().leave(this);
        cancelReadyTimer();
    }

    private void cancelReadyTimer() {
        if (readyTimer != null) {
            readyTimer.cancel();
            readyTimer = null;
        }
    }

    // --- Reading

    @Override
    public void onBytes(ByteBuf bytes) {
        switch (stage) {
            case SESSION -> toSession(bytes);
            case PENDING, MOVING -> parked = Unpooled.wrappedBuffer(parked, bytes);
            case HANDSHAKE, NEGOTIATION -> {
                try {
                    guarded(() -> advance(bytes));
                } finally {
                    bytes.release();
                }
            }
            case OPENING, SECURING, CLOSED -> bytes.release();
        }
    }

    /** Goes through the stages as far as the bytes reach. Borrowed. */
    private void advance(ByteBuf bytes) throws ProtocolException {
        if (stage == Stage.HANDSHAKE) {
            follow(handshake().bytes(bytes), bytes);
        } else {
            negotiate(bytes);
        }
    }

    private void follow(Handshake.Status status, ByteBuf rest) throws ProtocolException {
        switch (status) {
            case NEED_BYTES -> {}
            case PENDING -> {
                stage = Stage.PENDING;
                parked = rest.readRetainedSlice(rest.readableBytes());
                openStream().setReading(false);
                handshake()
                        .pendingReply()
                        .whenComplete((reply, failure) -> openStream().loop().execute(() -> resume(reply, failure)));
            }
            case DONE -> secured(handshake().secured(), rest);
        }
    }

    private void resume(@Nullable AuthReply reply, @Nullable Throwable failure) {
        if (stage != Stage.PENDING) {
            return;
        }
        stage = Stage.HANDSHAKE;
        ByteBuf waiting = parked;
        parked = Unpooled.EMPTY_BUFFER;
        try {
            guarded(() -> {
                if (reply == null) {
                    throw new ProtocolException(FaultKind.AUTH, "authentication could not be completed", failure);
                }
                openStream().setReading(true);
                Handshake.Status status = handshake().resume(reply);
                follow(status, waiting);
                if (status == Handshake.Status.NEED_BYTES && waiting.isReadable()) {
                    advance(waiting);
                }
            });
        } finally {
            waiting.release();
        }
    }

    private void secured(Secured result, ByteBuf rest) throws ProtocolException {
        handshake = null;
        encoder = result.encoder();
        encrypted = result.mode() == ConnectionMode.SECURE;
        CipherNotice.INSTANCE.agreed(result.mode());
        if (driver != null) {
            enterSession(() -> known(driver).secured(this, result, generation), rest);
            return;
        }
        secured = result;
        acceptance = new Acceptance(node, this, result, dialer, openedNs);
        stage = Stage.NEGOTIATION;
        negotiate(rest);
    }

    private void negotiate(ByteBuf bytes) throws ProtocolException {
        FrameDecoder decoder = known(secured).decoder();
        // Until READY the bounds let no MESSAGE pass, so nothing waits for admission.
        while (stage == Stage.NEGOTIATION && decoder.next(bytes) == FrameDecoder.Result.FRAME) {
            Frame frame = decoder.take();
            ControlFrame control = frame.toControl(node.config().limits());
            frame.release();
            Claim claim = known(acceptance).claims(control);
            Loop home = known(acceptance).elsewhere(claim);
            if (home != null) {
                move(home, control, claim, bytes);
            } else {
                decide(control, claim, bytes);
            }
        }
    }

    /** Looking up, deciding and claiming are one step, on the loop where all sessions with these addresses live. */
    private void move(Loop home, ControlFrame control, Claim claim, ByteBuf rest) {
        stage = Stage.MOVING;
        parked = rest.readRetainedSlice(rest.readableBytes());
        cancelReadyTimer();
        openStream().moveTo(home, () -> moved(control, claim));
    }

    private void moved(ControlFrame control, Claim claim) {
        if (stage != Stage.MOVING) {
            return;
        }
        stage = Stage.NEGOTIATION;
        armReadyTimer(openStream());
        ByteBuf waiting = parked;
        parked = Unpooled.EMPTY_BUFFER;
        try {
            guarded(() -> {
                decide(control, claim, waiting);
                if (stage == Stage.NEGOTIATION) {
                    negotiate(waiting);
                }
            });
        } finally {
            waiting.release();
        }
    }

    private void decide(ControlFrame control, Claim claim, ByteBuf rest) throws ProtocolException {
        Runnable taking = known(acceptance).decide(control, claim, this);
        if (taking != null) {
            // The session takes the link; from then on it owns the decoder, and gets what is left of the bytes.
            leaveGate();
            secured = null;
            acceptance = null;
            enterSession(taking, rest);
        }
    }

    /** The session that has taken the link. */
    void enter(ConnectionDriver owner, int ofGeneration) {
        driver = owner;
        generation = ofGeneration;
    }

    /** From here on the session owns the decoder, and gets what is left of the bytes. */
    private void enterSession(Runnable start, ByteBuf rest) {
        stage = Stage.SESSION;
        openStream().setReadBufferBytes(READ_BUFFER_BYTES);
        start.run();
        if (rest.isReadable()) {
            toSession(rest.readRetainedSlice(rest.readableBytes()));
        }
    }

    private void toSession(ByteBuf bytes) {
        known(driver).bytes(bytes, generation);
    }

    /** A step of the handshake or of the negotiation: what it throws ends the link, what it wrote is sent. */
    private void guarded(Step step) {
        try {
            step.run();
            if (stage != Stage.CLOSED && sink != null) {
                sink.flush();
            }
        } catch (ProtocolException e) {
            fail(e);
        } catch (RuntimeException e) {
            LOG.error("internal error {}", status(), e);
            fail(new ProtocolException(FaultKind.TRANSPORT, "internal error", e));
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws ProtocolException;
    }

    // --- Writing, for the session

    /** Encodes a frame of the session. */
    @Override
    public void frame(OutFrame frame) throws ProtocolException {
        known(encoder).encode(frame, known(sink));
    }

    boolean isWritable() {
        return stage == Stage.SESSION && openStream().isWritable();
    }

    /** @return how many bytes go out with it */
    long flush() {
        return stage == Stage.SESSION ? known(sink).flush() : 0;
    }

    /** Whether frames are encrypted, as agreed in the handshake; what is below the protocol does not count. */
    boolean isEncrypted() {
        return encrypted;
    }

    void setReading(boolean reading) {
        if (stage == Stage.SESSION) {
            openStream().setReading(reading);
        }
    }

    /** What is going on, for messages. */
    String status() {
        return switch (stage) {
            case OPENING -> "waiting for the connection to open";
            case SECURING -> "waiting for the TLS handshake";
            case HANDSHAKE -> "waiting for " + handshake().waitingFor();
            case PENDING -> "waiting for the authentication's answer";
            case NEGOTIATION -> "waiting for CLIENT_IDENT";
            case MOVING -> "going to the session's loop";
            case SESSION -> "in session";
            case CLOSED -> "closed";
        };
    }

    private Limits.Handshake handshakeLimits() {
        return node.config().limits().handshake();
    }

    private Handshake handshake() {
        return known(handshake);
    }

    private ByteStream openStream() {
        return known(stream);
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("not at this stage of a link");
        }
        return value;
    }
}
