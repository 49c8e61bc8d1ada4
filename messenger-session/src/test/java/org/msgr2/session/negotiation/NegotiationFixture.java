package org.msgr2.session.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
import org.msgr2.core.frame.Preamble;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.handshake.Secured;

/** Secured transports without a wire, one frame of each kind, and the ident frames of real peers. */
final class NegotiationFixture {
    private static final Limits LIMITS = Limits.defaults();
    private static final int CRC_BYTES = 4;

    private NegotiationFixture() {}

    /** A transport whose peer is of that type; it holds nothing that would have to be released. */
    static Secured secured(boolean connecting, EntityType peerType) {
        return new Secured(
                connecting,
                Revision.MSGR2_1,
                ConnectionMode.CRC,
                new CrcFrameEncoder(Revision.MSGR2_1),
                new CrcFrameDecoder(
                        Revision.MSGR2_1, LIMITS, FrameBounds.handshake(LIMITS), UnpooledByteBufAllocator.DEFAULT),
                peerType,
                new PeerIdentity(AuthMethod.NONE, EntityName.parse("client.admin"), 4124),
                EntityAddr.parse("v2:127.0.0.1:56022/0"),
                BannerFeatures.REVISION_1);
    }

    static RecordedFrame recorded(String capture, Tag tag) {
        return CephVectors.capture(capture).frames().stream()
                .filter(frame -> frame.tag().equals(tag.name()))
                .findFirst()
                .orElseThrow();
    }

    static ControlFrame control(RecordedFrame frame) throws ProtocolException {
        ByteBuf fields =
                Unpooled.wrappedBuffer(frame.wire(), Preamble.BYTES, frame.wireLength() - Preamble.BYTES - CRC_BYTES);
        return ControlFrame.read(Tag.valueOf(frame.tag()), new WireReader(fields), LIMITS.frames());
    }

    static byte[] bytes(ControlFrame frame) throws ProtocolException {
        return FrameBytes.of(new CrcFrameEncoder(Revision.MSGR2_1), frame);
    }

    /** One control frame of each tag. */
    static Map<Tag, ControlFrame> everyFrame() {
        EntityAddr addr = EntityAddr.parse("v2:10.0.0.1:3300/7");
        EntityAddrVec addrs = EntityAddrVec.of(addr);
        CephFeatures all = CephFeatures.PACIFIC;
        Map<Tag, ControlFrame> frames = new EnumMap<>(Tag.class);
        for (ControlFrame frame : List.of(
                new ControlFrame.Hello(EntityType.MON, addr),
                new ControlFrame.AuthRequest(2, List.of(1), Opaque.EMPTY),
                new ControlFrame.AuthBadMethod(2, -95, List.of(1), List.of(1)),
                new ControlFrame.AuthReplyMore(Opaque.EMPTY),
                new ControlFrame.AuthRequestMore(Opaque.EMPTY),
                new ControlFrame.AuthDone(1, 1, Opaque.EMPTY),
                new ControlFrame.AuthSignature(Opaque.zeros(32)),
                new ControlFrame.ClientIdent(addrs, addr, -1, 1, all, all, 1, 0),
                new ControlFrame.ServerIdent(addrs, 0, 1, all, all, 1, 0),
                new ControlFrame.IdentMissingFeatures(all),
                new ControlFrame.SessionReconnect(addrs, 1, 2, 3, 4, 5),
                new ControlFrame.SessionReset(true),
                new ControlFrame.SessionRetry(1),
                new ControlFrame.SessionRetryGlobal(1),
                new ControlFrame.SessionReconnectOk(1),
                new ControlFrame.Wait(),
                new ControlFrame.Keepalive2(UTime.ZERO),
                new ControlFrame.Keepalive2Ack(UTime.ZERO),
                new ControlFrame.Ack(1),
                new ControlFrame.CompressionRequest(false, List.of()),
                new ControlFrame.CompressionDone(false, 0))) {
            frames.put(frame.tag(), frame);
        }
        assertThat(frames).hasSize(Tag.values().length - 1).doesNotContainKey(Tag.MESSAGE);
        return frames;
    }
}
