package org.msgr2.session.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.Banner;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.MessageHeader;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/**
 * One end of a connection, without a messenger: sends whatever bytes a test wants, and keeps what comes. Knows the frames
 * of a good peer, in crc mode and with method NONE, to get as far as the test wants to begin.
 */
public final class RawPeer implements StreamListener {
    private static final int BANNER_BYTES = 26;
    private static final int PREAMBLE_BYTES = 32;

    /** How far a connection has come: what the peer that is tested waits for. */
    public enum Stage {
        BANNER,
        HELLO,
        AUTH,
        SIGNATURE,
        /** CLIENT_IDENT or its answer. */
        SESSION,
        READY;

        Stage next() {
            return switch (this) {
                case BANNER -> HELLO;
                case HELLO -> AUTH;
                case AUTH -> SIGNATURE;
                case SIGNATURE -> SESSION;
                case SESSION, READY -> READY;
            };
        }
    }

    /**
     * A frame that came.
     *
     * @param tag its number
     * @param segments copies
     */
    public record In(int tag, List<Opaque> segments) {
        /** The bytes of a segment. */
        public byte[] bytes(int segment) {
            return segments.get(segment).toByteArray();
        }

        /** As a record; not for MESSAGE. */
        public ControlFrame control() {
            try {
                Tag known = Tag.ofCode(tag);
                if (known == null) {
                    throw new AssertionError("tag " + tag);
                }
                WireReader in = new WireReader(Unpooled.wrappedBuffer(bytes(0)));
                return ControlFrame.read(known, in, Limits.defaults().frames());
            } catch (ProtocolException e) {
                throw new AssertionError("a bad frame came", e);
            }
        }

        public boolean is(Tag other) {
            return tag == other.code();
        }

        @Override
        public String toString() {
            return Tag.ofCode(tag) + " " + segments;
        }
    }

    private final TestNetwork network;
    private final boolean dialling;
    private final CompletableFuture<ByteStream> open = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final Consumer<RawPeer> whenOpen;
    private Revision revision = Revision.MSGR2_1;
    private EntityType type;
    private EntityAddr target = EntityAddr.BLANK;
    private Stage stage = Stage.BANNER;

    private RawPeer(TestNetwork network, boolean dialling, Consumer<RawPeer> whenOpen) {
        this.network = network;
        this.dialling = dialling;
        this.whenOpen = whenOpen;
        this.type = dialling ? EntityType.CLIENT : EntityType.OSD;
    }

    /** Dials, as a client would. */
    public static RawPeer dial(TestNetwork network, Transport transport, EntityAddr target) {
        RawPeer peer = new RawPeer(network, true, opened -> {});
        peer.target = target;
        transport.connect(target, transport.loop(0), peer, peer.open::completeExceptionally);
        network.get("the raw connection opens", peer.open);
        return peer;
    }

    /** Listens as an OSD on a free port; each connection that comes does at once what it is told to. */
    public static Transport.Listener listen(TestNetwork network, Transport transport, Consumer<RawPeer> whenOpen) {
        CompletableFuture<EntityAddr> addr = new CompletableFuture<>();
        Supplier<StreamListener> accept = () -> {
            RawPeer peer = new RawPeer(network, false, whenOpen);
            peer.target = addr.join();
            return peer;
        };
        try {
            Transport.Listener listener = transport.listen(network.anyPort(), accept);
            addr.complete(listener.addr());
            return listener;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void onOpen(ByteStream stream) {
        open.complete(stream);
        whenOpen.accept(this);
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        received.writeBytes(ByteBufUtil.getBytes(bytes));
        bytes.release();
    }

    @Override
    public void onWritable() {}

    @Override
    public void onClosed(@Nullable Throwable cause) {
        closed.complete(null);
    }

    // --- What it sends

    /** Speaks msgr2.0, and says so in its banner. */
    public RawPeer rev0() {
        revision = Revision.MSGR2_0;
        return this;
    }

    public RawPeer type(EntityType other) {
        type = other;
        return this;
    }

    public Revision revision() {
        return revision;
    }

    /** The address that was dialled. */
    public EntityAddr target() {
        return target;
    }

    /** Our end, as the other one sees it. */
    public EntityAddr localAddr() {
        return open.join().localAddr();
    }

    /** Sends bytes, each array on its own. */
    public RawPeer send(byte[]... pieces) {
        ByteStream stream = open.join();
        Runnable write = () -> {
            for (byte[] piece : pieces) {
                stream.write(
                        stream.allocator().buffer(Math.max(1, piece.length)).writeBytes(piece));
                stream.flush();
            }
        };
        if (stream.loop().inLoop()) {
            write.run();
        } else {
            stream.loop().execute(write);
        }
        return this;
    }

    public RawPeer send(ControlFrame frame) {
        return send(frame(frame));
    }

    public RawPeer send(RawFrame frame) {
        return send(frame.bytes());
    }

    /** The bytes of a frame. */
    public byte[] frame(ControlFrame frame) {
        return raw(frame).bytes();
    }

    /** The frame, to be changed. */
    public RawFrame raw(ControlFrame frame) {
        return raw(frame.tag().code(), payload(frame));
    }

    public RawFrame raw(int tag, byte[]... segments) {
        return RawFrame.of(revision, tag, segments);
    }

    /** A MESSAGE with that front; the header alone if it is empty. */
    public RawFrame message(int messageType, long seq, long tid, byte[] front) {
        ByteBuf header = Unpooled.buffer(MessageHeader.BYTES);
        new MessageHeader(seq, tid, messageType, 127, 1, 0, 0, 0, MessageHeader.FLAGS_SENT, 1, 0).write(header);
        byte[] first = ByteBufUtil.getBytes(header);
        return front.length == 0 ? raw(Tag.MESSAGE.code(), first) : raw(Tag.MESSAGE.code(), first, front);
    }

    /** The payload of a frame. */
    public static byte[] payload(ControlFrame frame) {
        ByteBuf out = Unpooled.buffer();
        frame.write(new WireWriter(out));
        return ByteBufUtil.getBytes(out);
    }

    /** Does what a good peer would until the other one waits for that. */
    public RawPeer reach(Stage wanted) {
        while (stage.compareTo(wanted) < 0) {
            send(step());
            stage = stage.next();
        }
        return this;
    }

    /** What a good peer would send now. */
    public byte[] step() {
        return switch (stage) {
            case BANNER ->
                banner(
                        revision == Revision.MSGR2_1 ? BannerFeatures.REVISION_1 : BannerFeatures.NONE,
                        BannerFeatures.NONE);
            case HELLO -> frame(new ControlFrame.Hello(type, seen()));
            case AUTH ->
                frame(dialling ? authRequest(1, List.of(1)) : new ControlFrame.AuthDone(4242, 1, Opaque.EMPTY));
            case SIGNATURE -> frame(new ControlFrame.AuthSignature(Opaque.zeros(32)));
            case SESSION -> frame(dialling ? clientIdent() : serverIdent());
            case READY -> throw new IllegalStateException("it is ready");
        };
    }

    /** Everything that a good peer sends until it is ready. */
    public byte[] allSteps() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Stage before = stage;
        for (Stage each : Stage.values()) {
            if (each != Stage.READY) {
                stage = each;
                all.writeBytes(step());
            }
        }
        stage = before;
        return all.toByteArray();
    }

    private EntityAddr seen() {
        return dialling ? target : open.join().remoteAddr();
    }

    public static byte[] banner(BannerFeatures supported, BannerFeatures required) {
        ByteBuf out = Unpooled.buffer(BANNER_BYTES);
        new Banner(supported, required).write(out);
        return ByteBufUtil.getBytes(out);
    }

    /** A banner whose payload has any length. */
    public static byte[] banner(int payloadBytes) {
        byte[] bytes = new byte[10 + payloadBytes];
        System.arraycopy(
                banner(BannerFeatures.REVISION_1, BannerFeatures.NONE),
                0,
                bytes,
                0,
                Math.min(BANNER_BYTES, bytes.length));
        bytes[8] = (byte) payloadBytes;
        bytes[9] = (byte) (payloadBytes >> 8);
        return bytes;
    }

    /** For client.9, with method NONE's payload whatever the method. */
    public static ControlFrame.AuthRequest authRequest(int method, List<Integer> modes) {
        ByteBuf payload = Unpooled.buffer();
        WireWriter out = new WireWriter(payload);
        EntityName.parse("client.9").write(out.u8(1));
        out.u64(0);
        return new ControlFrame.AuthRequest(method, modes, Opaque.copyOf(ByteBufUtil.getBytes(payload)));
    }

    public ControlFrame.ClientIdent clientIdent() {
        return clientIdent(EntityAddrVec.parse("any:127.0.0.1:0/99"), target, CephFeatures.MESSENGER);
    }

    public static ControlFrame.ClientIdent clientIdent(EntityAddrVec addrs, EntityAddr target, CephFeatures supported) {
        return new ControlFrame.ClientIdent(
                addrs, target, 9, 1, supported, CephFeatures.MSGR2_REQUIRED, ControlFrame.FLAG_LOSSY, 0);
    }

    public ControlFrame.ServerIdent serverIdent() {
        return serverIdent(EntityAddrVec.of(target), CephFeatures.MESSENGER);
    }

    public static ControlFrame.ServerIdent serverIdent(EntityAddrVec addrs, CephFeatures supported) {
        return new ControlFrame.ServerIdent(
                addrs, 3, 1, supported, CephFeatures.MSGR2_REQUIRED, ControlFrame.FLAG_LOSSY, 0);
    }

    public void setReading(boolean reading) {
        open.join().loop().execute(() -> open.join().setReading(reading));
    }

    /** Closes at once. */
    public void close() {
        open.join().loop().execute(() -> open.join().close());
    }

    // --- What it has heard

    public boolean isClosed() {
        return closed.isDone();
    }

    public CompletableFuture<Void> closed() {
        return closed;
    }

    /** Every byte that came. */
    public byte[] received() {
        return received.toByteArray();
    }

    /** The frames that came, after the banner; an unfinished one at the end is left out. */
    public List<In> frames() {
        byte[] bytes = received();
        List<In> frames = new ArrayList<>();
        int at = BANNER_BYTES;
        while (at + PREAMBLE_BYTES <= bytes.length) {
            ByteBuffer preamble =
                    ByteBuffer.wrap(bytes, at, PREAMBLE_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN);
            int count = preamble.get(1);
            boolean rev0 = revision == Revision.MSGR2_0;
            List<Opaque> segments = new ArrayList<>();
            int next = at + PREAMBLE_BYTES;
            for (int i = 0; i < count; i++) {
                int length = preamble.getInt(2 + 6 * i);
                if (next + length > bytes.length) {
                    return frames;
                }
                segments.add(Opaque.copyOf(Arrays.copyOfRange(bytes, next, next + length)));
                next += length + (i == 0 && !rev0 && length > 0 ? Integer.BYTES : 0);
            }
            next += rev0 ? 17 : count > 1 ? 13 : 0;
            if (next > bytes.length) {
                return frames;
            }
            frames.add(new In(preamble.get(0), segments));
            at = next;
        }
        return frames;
    }

    /** Waits for the frame of that place, from 0. */
    public In awaitFrame(int index) {
        network.await("frame " + index + " comes", () -> frames().size() > index);
        return frames().get(index);
    }

    /** The last frame that came. */
    public In lastFrame() {
        List<In> frames = frames();
        return frames.get(frames.size() - 1);
    }
}
