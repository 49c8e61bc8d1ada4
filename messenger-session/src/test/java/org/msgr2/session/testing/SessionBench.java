package org.msgr2.session.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.CrcFrameDecoder;
import org.msgr2.core.frame.CrcFrameEncoder;
import org.msgr2.core.frame.FrameBounds;
import org.msgr2.core.frame.FrameCipher;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.FrameEncoder;
import org.msgr2.core.frame.OutFrame;
import org.msgr2.core.frame.SecureFrameDecoder;
import org.msgr2.core.frame.SecureFrameEncoder;
import org.msgr2.core.frame.SecureRev0FrameDecoder;
import org.msgr2.core.frame.SecureRev0FrameEncoder;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageHeader;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.JceFrameCipher;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.Policy;
import org.msgr2.session.accept.AcceptRule;
import org.msgr2.session.handshake.Secured;
import org.msgr2.session.machine.OutMessage;
import org.msgr2.session.machine.Session;
import org.msgr2.session.machine.SessionConfig;
import org.msgr2.session.machine.TimerId;
import org.msgr2.session.negotiation.AcceptNegotiation;
import org.msgr2.session.negotiation.ConnectNegotiation;
import org.msgr2.session.negotiation.Established;

/**
 * One session on a bench: virtual time, a {@link RecordingEffects}, and a peer that says what the test wants, in whole
 * frames or in bytes. Handshakes are taken as done. Not thread-safe.
 *
 * <p>{@link #close} gives back what the recorder still holds; it does not end the session.
 */
public final class SessionBench implements AutoCloseable {
    public static final EntityAddr TARGET = EntityAddr.parse("v2:10.0.0.1:3300/7");
    public static final EntityAddrVec SELF = EntityAddrVec.parse("any:192.168.3.4:0/99");

    /** Of the end that dialled. */
    public static final long COOKIE = 0xc00c1eL;

    /** Of the end that accepted. */
    public static final long SERVER_COOKIE = 0x5e12e1L;

    /** Where virtual time begins: shortly before the clock overflows, since nanoTime has no origin. */
    private static final long START_NS = Long.MAX_VALUE - 5_000_000_007L;

    /**
     * A frame that the session has handed out.
     *
     * @param control null for a MESSAGE
     * @param header null for a control frame
     * @param front of a MESSAGE
     */
    public record Written(
            Tag tag,
            @Nullable ControlFrame control,
            @Nullable MessageHeader header,
            byte[] front) {}

    private final ByteBufAllocator allocator;
    private final Limits limits;
    private final RecordingEffects effects = new RecordingEffects();
    private final Session session;
    private SessionMode wire = SessionMode.CRC;
    private FrameEncoder peer;
    private final boolean dialing;
    private long nowNs = START_NS;
    private long accepted;
    private long peerSeq;
    private long globalSeq = 16;

    private final Policy policy;

    private SessionBench(Policy policy, Limits limits, Duration keepaliveInterval, ByteBufAllocator allocator) {
        this.policy = policy;
        this.dialing = !policy.server();
        this.limits = limits;
        this.allocator = allocator;
        SessionConfig config = new SessionConfig(TARGET.toString(), policy, limits, keepaliveInterval);
        session = new Session(config, effects);
        peer = encoder();
    }

    /** A session that dials, which has not begun to. */
    public static SessionBench dialing(Limits limits, Duration keepaliveInterval, ByteBufAllocator allocator) {
        return new SessionBench(Policy.lossyClient(), limits, keepaliveInterval, allocator);
    }

    public static SessionBench dialing(ByteBufAllocator allocator) {
        return dialing(Limits.defaults(), Duration.ZERO, allocator);
    }

    /** A session that a peer has dialled, which is not ready yet. */
    public static SessionBench accepting(Limits limits, Duration keepaliveInterval, ByteBufAllocator allocator) {
        return new SessionBench(Policy.statelessServer(), limits, keepaliveInterval, allocator);
    }

    public static SessionBench accepting(ByteBufAllocator allocator) {
        return accepting(Limits.defaults(), Duration.ZERO, allocator);
    }

    /** A session of that policy; one of a server's is accepted. */
    public static SessionBench of(Policy policy, ByteBufAllocator allocator) {
        return new SessionBench(policy, Limits.defaults(), Duration.ZERO, allocator);
    }

    /** From the first transport on, frames are encrypted. */
    public SessionBench encrypted() {
        return over(SessionMode.SECURE);
    }

    /** From the first transport on, that is how frames look. */
    public SessionBench over(SessionMode other) {
        wire = other;
        peer = encoder();
        return this;
    }

    /** From the first transport on, frames are those of msgr2.0, in crc mode. */
    public SessionBench msgr20() {
        return over(SessionMode.CRC_OF_MSGR20);
    }

    private FrameCipher cipher() {
        return new JceFrameCipher(wire.revision(), new byte[16], new byte[12]);
    }

    private FrameEncoder encoder() {
        return switch (wire) {
            case CRC, CRC_OF_MSGR20 -> new CrcFrameEncoder(wire.revision());
            case SECURE -> new SecureFrameEncoder(cipher(), allocator);
            case SECURE_OF_MSGR20 -> new SecureRev0FrameEncoder(cipher(), allocator);
        };
    }

    private FrameDecoder decoder() {
        FrameBounds bounds = FrameBounds.handshake(limits);
        return switch (wire) {
            case CRC, CRC_OF_MSGR20 -> new CrcFrameDecoder(wire.revision(), limits, bounds, allocator);
            case SECURE -> new SecureFrameDecoder(cipher(), limits, bounds, allocator);
            case SECURE_OF_MSGR20 -> new SecureRev0FrameDecoder(cipher(), limits, bounds, allocator);
        };
    }

    public Session session() {
        return session;
    }

    public RecordingEffects effects() {
        return effects;
    }

    // --- Time

    public long nowNs() {
        return nowNs;
    }

    /** Time since the beginning of the bench. */
    public Duration elapsed() {
        return Duration.ofNanos(nowNs - START_NS);
    }

    /** Time passes; timers fire when they are due, the earliest first. */
    public void pass(Duration time) {
        long end = nowNs + time.toNanos();
        for (TimerId due = due(end); due != null; due = due(end)) {
            long deadline = deadline(due);
            nowNs = deadline - nowNs > 0 ? deadline : nowNs;
            effects.fired(due);
            session.timerFired(due, nowNs, wall());
        }
        nowNs = end;
    }

    private @Nullable TimerId due(long end) {
        return effects.deadlines().entrySet().stream()
                .filter(timer -> timer.getValue() - end <= 0)
                .min(Comparator.comparingLong(timer -> timer.getValue() - nowNs))
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    private long deadline(TimerId id) {
        Long deadline = effects.deadlines().get(id);
        if (deadline == null) {
            throw new AssertionError(id + " is not armed");
        }
        return deadline;
    }

    /** How long until the timer fires; fails if it is not armed. */
    public Duration until(TimerId id) {
        return Duration.ofNanos(deadline(id) - nowNs);
    }

    public boolean isArmed(TimerId id) {
        return effects.deadlines().containsKey(id);
    }

    /** The time of day, which goes with the bench's time. */
    public UTime wall() {
        return UTime.ofEpochNanos(1_800_000_000_000_000_000L + (nowNs - START_NS));
    }

    // --- The way to READY

    /** What a handshake over the current transport comes to, of which the peer speaks from now on. Whoever gets it owns the decoder. */
    public Secured newSecured() {
        peer = encoder();
        return new Secured(
                dialing,
                wire.revision(),
                wire.mode(),
                encoder(),
                decoder(),
                dialing ? EntityType.MON : EntityType.CLIENT,
                new PeerIdentity(AuthMethod.NONE, EntityName.parse("client.admin"), 4124, Capabilities.NONE),
                AuthSession.NONE,
                EntityAddr.parse("v2:192.168.3.4:51000/0"),
                BannerFeatures.REVISION_1);
    }

    /** The current transport has finished its handshake. */
    public void secure() {
        secure(session.generation());
    }

    /** A transport of that generation has finished its handshake. */
    public void secure(int generation) {
        ConnectNegotiation.Terms terms = new ConnectNegotiation.Terms(
                SELF, TARGET, -1, policy, heard -> globalSeq = Math.max(globalSeq, heard) + 1, () -> COOKIE, 8);
        session.secured(newSecured(), terms, generation);
    }

    /** The answer that makes a dialling session ready. */
    public ControlFrame serverIdent() {
        return new ControlFrame.ServerIdent(
                EntityAddrVec.of(TARGET),
                3,
                29,
                CephFeatures.PACIFIC,
                CephFeatures.MSGR2_REQUIRED,
                policy.lossy() ? ControlFrame.FLAG_LOSSY : 0,
                policy.lossy() ? 0 : SERVER_COOKIE);
    }

    /** Goes all the way from a new session to READY; effects on the way are drained. */
    public SessionBench ready() throws ProtocolException {
        if (dialing) {
            session.connect(nowNs);
            secure();
            poll();
            receive(serverIdent());
        } else {
            accept(AcceptRule.IDENT_NEW);
            if (!(pollOne().control() instanceof ControlFrame.ServerIdent)) {
                throw new AssertionError("the first frame of an accepted session is not SERVER_IDENT");
            }
        }
        effects.drain();
        return this;
    }

    /** The peer has dialled, with CLIENT_IDENT. */
    public void accept(AcceptRule rule) {
        Established established = new Established(
                newSecured(),
                EntityName.parse("client.4711"),
                SELF,
                EntityAddrVec.of(TARGET),
                CephFeatures.MESSENGER,
                policy.lossy());
        ControlFrame.ServerIdent reply = new ControlFrame.ServerIdent(
                EntityAddrVec.of(TARGET),
                0,
                17,
                CephFeatures.MESSENGER,
                CephFeatures.MSGR2_REQUIRED,
                policy.lossy() ? ControlFrame.FLAG_LOSSY : 0,
                policy.lossy() ? 0 : SERVER_COOKIE);
        session.accepted(new AcceptNegotiation.Begin(established, reply, policy.lossy() ? 0 : COOKIE, 1, rule), nowNs);
    }

    /** The peer has dialled, with SESSION_RECONNECT, and the rules let it pass. */
    public void reconnect(long connectSeq, long msgSeq) {
        session.resumed(
                new AcceptNegotiation.Resume(
                        newSecured(),
                        new ControlFrame.SessionReconnect(SELF, COOKIE, SERVER_COOKIE, 2, connectSeq, msgSeq)),
                nowNs);
    }

    // --- The peer

    /** The peer's frames come in one piece. */
    public void receive(ControlFrame... frames) throws ProtocolException {
        receive(peerBytes(frames));
    }

    /** Bytes of the peer come over the current transport. */
    public void receive(byte[] bytes) {
        receive(bytes, session.generation());
    }

    /** Bytes come over a transport of that generation. */
    public void receive(byte[] bytes, int generation) {
        ByteBuf buffer = allocator.buffer(Math.max(1, bytes.length)).writeBytes(bytes);
        session.bytes(buffer, generation, nowNs);
    }

    public byte[] peerBytes(ControlFrame... frames) throws ProtocolException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ControlFrame frame : frames) {
            bytes.writeBytes(FrameBytes.of(peer, frame));
        }
        return bytes.toByteArray();
    }

    /** The peer's next message, with so many bytes of front. */
    public byte[] peerMessage(int frontBytes) throws ProtocolException {
        return peerMessage(++peerSeq, frontBytes);
    }

    public byte[] peerMessage(long seq, int frontBytes) throws ProtocolException {
        return peerMessage(seq, 0, frontBytes);
    }

    /** A message that acknowledges ours on its way. */
    public byte[] peerMessage(long seq, long ackSeq, int frontBytes) throws ProtocolException {
        Message message = message(0, frontBytes);
        try {
            return FrameBytes.of(peer, message, seq, ackSeq);
        } finally {
            message.release();
        }
    }

    /** The transport is lost. */
    public void transportDown(ProtocolException cause) {
        session.transportDown(cause, session.generation(), nowNs);
    }

    // --- The application

    private Message message(int priority, int frontBytes) {
        return Message.builder(0x7c00)
                .priority(priority)
                .front(allocator.buffer(Math.max(1, frontBytes)).writeZero(frontBytes))
                .build();
    }

    /**
     * Sends a message of that priority.
     *
     * @return its number
     */
    public long send(int priority) {
        return send(priority, 8);
    }

    public long send(int priority, int frontBytes) {
        return accept(priority, frontBytes).number();
    }

    /** The same. What is taken back is told to the session at once. */
    public OutMessage accept(int priority, int frontBytes) {
        OutMessage message = new OutMessage(message(priority, frontBytes), ++accepted, frontBytes, session::revoked);
        session.send(message, nowNs);
        return message;
    }

    // --- The writer

    /** Everything that the session has to write now. */
    public List<Written> poll() throws ProtocolException {
        List<Written> frames = new ArrayList<>();
        while (session.poll(frame -> frames.add(written(frame)), nowNs)) {
            if (frames.size() > 10_000) {
                throw new AssertionError("the session never stops to write");
            }
        }
        return frames;
    }

    /** The next frame alone, or null. */
    public @Nullable Written pollOne() throws ProtocolException {
        List<Written> frames = new ArrayList<>();
        boolean polled = session.poll(frame -> frames.add(written(frame)), nowNs);
        if (polled != (frames.size() == 1)) {
            throw new AssertionError("poll said " + polled + " and handed out " + frames.size() + " frames");
        }
        return polled ? frames.get(0) : null;
    }

    private Written written(OutFrame frame) throws ProtocolException {
        ByteBuf first = frame.segment(0).duplicate();
        return frame.tag() == Tag.MESSAGE
                ? new Written(frame.tag(), null, MessageHeader.read(first), ByteBufUtil.getBytes(frame.segment(1)))
                : new Written(
                        frame.tag(),
                        ControlFrame.read(frame.tag(), new WireReader(first), limits.frames()),
                        null,
                        new byte[0]);
    }

    @Override
    public void close() {
        effects.releaseDelivered();
    }
}
