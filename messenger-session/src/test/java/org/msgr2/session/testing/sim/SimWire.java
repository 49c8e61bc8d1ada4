package org.msgr2.session.testing.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.Ack;
import org.msgr2.core.frame.ControlFrame.AuthDone;
import org.msgr2.core.frame.ControlFrame.ClientIdent;
import org.msgr2.core.frame.ControlFrame.ServerIdent;
import org.msgr2.core.frame.ControlFrame.SessionReconnect;
import org.msgr2.core.frame.ControlFrame.SessionReconnectOk;
import org.msgr2.core.frame.CrcFrameDecoder;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameBounds;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.SecureFrameDecoder;
import org.msgr2.core.frame.SecureRev0FrameDecoder;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.ConnectionMode;

/**
 * Reads what nodes write, before anything happens to it, and holds them to what only the wire shows: messages of a stream are
 * numbered without a gap, from where the peer says that it is; nobody acknowledges what was not sent to it, in a message, an
 * ACK, or when it reconnects; what is encrypted is sealed with a nonce of its own, under a key of its connection.
 */
final class SimWire {
    private static final Limits LIMITS = Limits.defaults();
    private static final int BANNER_BYTES = 26;
    private static final int TO_CONNECTOR = SimCipher.KEY_BYTES;
    private static final int TO_ACCEPTOR = TO_CONNECTOR + SimCipher.NONCE_BYTES;

    private record SessionKey(long clientCookie, long serverCookie) {}

    private final Revision revision;
    private final Consumer<String> violated;
    private final ByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final Set<ByteBuffer> keys = new HashSet<>();
    /** Of each session the highest number that each node has given. */
    private final Map<SessionKey, Map<Integer, Long>> highest = new HashMap<>();

    SimWire(Revision revision, Consumer<String> violated) {
        this.revision = revision;
        this.violated = violated;
    }

    Stream stream(int dialler, int acceptor) {
        return new Stream(dialler, acceptor);
    }

    /** What both ends of one stream write. */
    final class Stream {
        private final Direction dialler;
        private final Direction acceptor;
        private long clientCookie;
        private @Nullable SessionKey session;

        private Stream(int dialler, int acceptor) {
            this.dialler = new Direction(dialler);
            this.acceptor = new Direction(acceptor);
        }

        void wrote(boolean byDialler, byte[] bytes) {
            Direction from = byDialler ? dialler : acceptor;
            if (from.lost) {
                return;
            }
            try {
                read(from, byDialler ? acceptor : dialler, Unpooled.wrappedBuffer(bytes));
            } catch (ProtocolException e) {
                from.lost = true;
                violated.accept("node " + from.node + " writes what cannot be read: " + e.getMessage());
            }
        }

        private void read(Direction from, Direction to, ByteBuf bytes) throws ProtocolException {
            int banner = Math.min(from.bannerLeft, bytes.readableBytes());
            from.bannerLeft -= banner;
            bytes.skipBytes(banner);
            boolean more = bytes.isReadable();
            while (more) {
                FrameDecoder.Result result = from.decoder.next(bytes);
                switch (result) {
                    case NEED_ADMISSION -> from.decoder.admit();
                    case FRAME -> frame(from, to, from.decoder.take());
                    case NEED_BYTES, ABORTED -> {}
                }
                more = bytes.isReadable() || result == FrameDecoder.Result.NEED_ADMISSION;
            }
        }

        private void frame(Direction from, Direction to, Frame frame) throws ProtocolException {
            if (frame.tag() == Tag.MESSAGE) {
                Message message = frame.toMessage();
                sent(from, message.header().seq());
                acknowledged(from, to, message.header().ackSeq());
                message.release();
                return;
            }
            ControlFrame control = frame.toControl(LIMITS);
            frame.release();
            if (control instanceof Ack ack) {
                acknowledged(from, to, ack.seq());
            } else if (control instanceof AuthDone done) {
                if (done.connectionMode() == ConnectionMode.SECURE.code()) {
                    protect(done.payload().toByteArray());
                }
            } else if (control instanceof ClientIdent ident) {
                clientCookie = ident.cookie();
                to.seq = 0;
            } else if (control instanceof ServerIdent ident) {
                session = ident.cookie() == 0 ? null : new SessionKey(clientCookie, ident.cookie());
                from.seq = 0;
                to.seq = 0;
            } else if (control instanceof SessionReconnect reconnect) {
                session = new SessionKey(reconnect.clientCookie(), reconnect.serverCookie());
                position(from, to, reconnect.msgSeq());
            } else if (control instanceof SessionReconnectOk ok) {
                position(from, to, ok.msgSeq());
            }
        }

        private void sent(Direction from, long seq) {
            if (seq != from.seq + 1) {
                violated.accept("node " + from.node + " writes message " + seq + " behind message " + from.seq);
            }
            from.seq = seq;
            if (session != null) {
                highest.computeIfAbsent(session, key -> new HashMap<>()).merge(from.node, seq, Math::max);
            }
        }

        private void acknowledged(Direction from, Direction to, long seq) {
            if (seq > to.seq) {
                violated.accept("node " + from.node + " acknowledges message " + seq + ", and was sent " + to.seq);
            }
        }

        /** Who comes back says what it has; there the other one goes on. */
        private void position(Direction from, Direction to, long seq) {
            Map<Integer, Long> sent = highest.getOrDefault(session, Map.of());
            if (seq > sent.getOrDefault(to.node, 0L)) {
                violated.accept("node " + from.node + " says that it has message " + seq + ", and was sent "
                        + sent.getOrDefault(to.node, 0L));
            }
            to.seq = seq;
        }

        private void protect(byte[] secret) {
            ByteBuffer key = ByteBuffer.wrap(Arrays.copyOf(secret, SimCipher.KEY_BYTES));
            boolean sameNonces = Arrays.equals(
                    secret, TO_CONNECTOR, TO_ACCEPTOR, secret, TO_ACCEPTOR, TO_ACCEPTOR + SimCipher.NONCE_BYTES);
            if (!keys.add(key) || sameNonces) {
                violated.accept("two directions are sealed with one key and the same nonces");
            }
            acceptor.protect(new SimCipher(revision, secret, TO_CONNECTOR));
            dialler.protect(new SimCipher(revision, secret, TO_ACCEPTOR));
        }
    }

    private final class Direction {
        private final int node;
        private FrameDecoder decoder = new CrcFrameDecoder(revision, LIMITS, FrameBounds.session(LIMITS), allocator);
        private int bannerLeft = BANNER_BYTES;
        /** The last message that was written, or that the other end says it has. */
        private long seq;

        private boolean lost;

        Direction(int node) {
            this.node = node;
        }

        void protect(SimCipher cipher) {
            FrameBounds bounds = FrameBounds.session(LIMITS);
            decoder = revision == Revision.MSGR2_1
                    ? new SecureFrameDecoder(cipher, LIMITS, bounds, allocator)
                    : new SecureRev0FrameDecoder(cipher, LIMITS, bounds, allocator);
        }
    }
}
