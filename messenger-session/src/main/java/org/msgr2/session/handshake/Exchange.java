package org.msgr2.session.handshake;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.frame.ByteSink;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.CrcFrameDecoder;
import org.msgr2.core.frame.CrcFrameEncoder;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameBounds;
import org.msgr2.core.frame.FrameCipher;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.FrameEncoder;
import org.msgr2.core.frame.OutFrame;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.SecureFrameDecoder;
import org.msgr2.core.frame.SecureFrameEncoder;
import org.msgr2.core.frame.SecureRev0FrameDecoder;
import org.msgr2.core.frame.SecureRev0FrameEncoder;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.crypto.onwire.AeadProvider;
import org.msgr2.crypto.onwire.ConnectionSecret;

/**
 * What the phases of one handshake share: the frame codec, the two signature logs, and what has been learned of the peer so
 * far.
 */
final class Exchange {
    private final HandshakeConfig config;
    private final boolean connecting;
    private final EntityAddr peerAddr;
    private final EntityType expectedType;
    private final ByteSink out;
    private final SignatureLog received;
    private final SignatureLog sent;
    private final OutFrame frame;
    private int written;
    private long read;
    private @Nullable FrameTap tap;

    private Revision revision = Revision.MSGR2_1;
    private BannerFeatures peerBanner = BannerFeatures.NONE;
    private @Nullable FrameEncoder encoder;
    private @Nullable FrameDecoder decoder;
    private @Nullable EntityType peerType;
    private @Nullable EntityAddr seenAs;
    private @Nullable AuthOutcome outcome;
    private ConnectionMode mode = ConnectionMode.CRC;
    /** Between {@link #authenticated} and {@link #protect}. */
    private @Nullable ConnectionSecret secret;

    Exchange(HandshakeConfig config, boolean connecting, EntityAddr peerAddr, EntityType expectedType, ByteSink out) {
        this.config = config;
        this.connecting = connecting;
        this.peerAddr = peerAddr;
        this.expectedType = expectedType;
        this.out = out;
        Limits.Handshake limits = config.limits().handshake();
        this.received = new SignatureLog("received", limits.signatureLogBytesMax());
        this.sent = new SignatureLog("sent", limits.signatureLogBytesMax());
        this.frame = new OutFrame(limits.frameBytesMax());
    }

    /** Before the first frame. */
    void observedBy(FrameTap observing) {
        tap = observing;
    }

    HandshakeConfig config() {
        return config;
    }

    boolean connecting() {
        return connecting;
    }

    /** The address that we dialled, or that the peer came from. */
    EntityAddr peerAddr() {
        return peerAddr;
    }

    /** {@link EntityType#ANY} if every type will do. */
    EntityType expectedType() {
        return expectedType;
    }

    /** The banners agree: frames can be spoken from now on. */
    void bannersExchanged(BannerFeatures peerSupported) {
        peerBanner = peerSupported;
        // Both ends must come to the same layout: it is the peer's bit that decides, but only among what we offer.
        revision = Revision.of(
                new BannerFeatures(peerSupported.bits() & config.supported().bits()));
        if (tap != null) {
            tap.banners(written, read);
        }
        frames(
                new CrcFrameEncoder(revision),
                new CrcFrameDecoder(
                        revision, config.limits(), FrameBounds.handshake(config.limits()), config.allocator()));
    }

    private void frames(FrameEncoder newEncoder, FrameDecoder newDecoder) {
        encoder = tap == null ? newEncoder : tap.on(newEncoder);
        decoder = tap == null ? newDecoder : tap.on(newDecoder);
    }

    void helloReceived(EntityType type, EntityAddr ourAddr) {
        peerType = type;
        seenAs = ourAddr;
    }

    EntityType peerType() {
        return known(peerType);
    }

    /**
     * Authentication has come to this result. Nothing changes on the wire before {@link #protect}, so the acceptor can still say so.
     *
     * @throws ProtocolException if frames cannot, or must not, be protected that way
     */
    void authenticated(AuthOutcome result, ConnectionMode chosen) throws ProtocolException {
        if (chosen == ConnectionMode.SECURE) {
            if (revision != Revision.MSGR2_1 && !config.allowWeakSecureMode()) {
                throw new ProtocolException(FaultKind.FEATURE, "secure mode of " + revision + " is weak, and refused");
            }
            secret = ConnectionSecret.of(result.connectionSecret());
        } else if (chosen != ConnectionMode.CRC) {
            throw new ProtocolException(FaultKind.FEATURE, "connection mode " + chosen + " is not available");
        }
        outcome = result;
        mode = chosen;
    }

    /** From the next byte on, both ways, frames are protected as agreed. */
    void protect() {
        if (secret == null) {
            return;
        }
        AeadProvider aead = AeadProvider.preferred();
        FrameCipher towardsConnector = secret.towardsConnector(revision, aead);
        FrameCipher towardsAcceptor = secret.towardsAcceptor(revision, aead);
        forgetSecret();
        FrameCipher sending = connecting ? towardsAcceptor : towardsConnector;
        FrameCipher receiving = connecting ? towardsConnector : towardsAcceptor;
        FrameBounds bounds = FrameBounds.handshake(config.limits());
        if (revision == Revision.MSGR2_1) {
            frames(
                    new SecureFrameEncoder(sending, config.allocator()),
                    new SecureFrameDecoder(receiving, config.limits(), bounds, config.allocator()));
        } else {
            frames(
                    new SecureRev0FrameEncoder(sending, config.allocator()),
                    new SecureRev0FrameDecoder(receiving, config.limits(), bounds, config.allocator()));
        }
    }

    private void forgetSecret() {
        if (secret != null) {
            secret.destroy();
            secret = null;
        }
    }

    /** Ends both logs: the signature frames themselves are not covered. */
    void stopRecording() {
        received.stop();
        sent.stop();
    }

    /** Ours covers what we received. */
    Opaque ownSignature() {
        return received.sign(sessionKey());
    }

    /** The peer's must cover what we sent. */
    Opaque expectedSignature() {
        return sent.sign(sessionKey());
    }

    private SessionKey sessionKey() {
        return known(outcome).sessionKey();
    }

    /** Sends raw bytes; the buffer is borrowed. */
    void send(ByteBuf bytes) throws ProtocolException {
        countWritten(bytes.readableBytes());
        sent.add(bytes, bytes.readerIndex(), bytes.readableBytes());
        out.reserve(bytes.readableBytes()).writeBytes(bytes);
    }

    /** A peer that takes nothing of what it is told cannot make us keep more than this of it. */
    private void countWritten(int bytes) throws ProtocolException {
        int max = config.limits().handshake().writeBufferBytes();
        written += bytes;
        if (written > max) {
            throw new ProtocolException(
                    FaultKind.LIMIT, "more than " + max + " bytes to tell the peer before the session");
        }
    }

    void send(ControlFrame control) throws ProtocolException {
        frame.control(control);
        int upper = frame.length(0) + FRAME_OVERHEAD_BYTES_MAX;
        ByteBuf buffer = out.reserve(upper);
        int start = buffer.writerIndex();
        known(encoder).encode(frame, new Appending(buffer));
        countWritten(buffer.writerIndex() - start);
        sent.add(buffer, start, buffer.writerIndex() - start);
    }

    /** Preamble, crc and epilogue of a control frame, whatever the revision. */
    private static final int FRAME_OVERHEAD_BYTES_MAX = 128;

    /** Handshake frames are of one segment: one buffer takes all of each. */
    private record Appending(ByteBuf buffer) implements ByteSink {
        @Override
        public ByteBuf reserve(int bytes) {
            return buffer;
        }

        @Override
        public void append(ByteBuf segment) {
            buffer.writeBytes(segment);
            segment.release();
        }
    }

    /** The next frame, or null if more bytes are needed. */
    @Nullable Frame readFrame(ByteBuf in) throws ProtocolException {
        int start = in.readerIndex();
        FrameDecoder.Result result = known(decoder).next(in);
        received(in, start);
        // Handshake bounds let no MESSAGE pass, and nothing else waits for admission or can be aborted.
        return result == FrameDecoder.Result.FRAME ? known(decoder).take() : null;
    }

    /** Records what was consumed of {@code in} since its reader index was {@code start}. */
    void received(ByteBuf in, int start) throws ProtocolException {
        read += in.readerIndex() - start;
        received.add(in, start, in.readerIndex() - start);
    }

    Secured secured() {
        Secured secured = new Secured(
                connecting,
                revision,
                mode,
                known(encoder),
                known(decoder),
                peerType(),
                known(outcome).identity(),
                known(outcome).session(),
                known(seenAs),
                peerBanner);
        decoder = null;
        encoder = null;
        clear();
        return secured;
    }

    void clear() {
        received.clear();
        sent.clear();
        forgetSecret();
        if (decoder != null) {
            decoder.close();
            decoder = null;
        }
        if (encoder != null) {
            encoder.close();
            encoder = null;
        }
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("asked for what an earlier phase has not learned yet");
        }
        return value;
    }
}
