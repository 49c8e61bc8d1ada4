package org.msgr2.session.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.frame.Banner;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.wire.WireReader;

/** Both ends send their banner at once, and check the other's (spec/msgr2 §1.1). */
final class BannerPhase extends Phase {
    private final ByteBuf banner;

    BannerPhase(HandshakeConfig config) {
        super("the banner");
        int max = Banner.PREFIX_BYTES + config.limits().handshake().bannerPayloadBytesMax();
        banner = Unpooled.buffer(64, max);
    }

    @Override
    void enter(Exchange exchange) throws ProtocolException {
        ByteBuf ours = Unpooled.buffer(32);
        new Banner(exchange.config().supported(), exchange.config().required()).write(ours);
        exchange.send(ours);
    }

    @Override
    Step advance(ByteBuf in, Exchange exchange) throws ProtocolException {
        int start = in.readerIndex();
        int length = fill(Banner.PREFIX_BYTES, in)
                ? Banner.payloadLength(banner, exchange.config().limits().handshake())
                : checkBeginning(exchange);
        boolean complete = length >= 0 && fill(Banner.PREFIX_BYTES + length, in);
        exchange.received(in, start);
        if (!complete) {
            return Step.NEED_BYTES;
        }
        banner.skipBytes(Banner.PREFIX_BYTES);
        Banner theirs = Banner.readPayload(new WireReader(banner));
        HandshakeConfig config = exchange.config();
        requireAll(theirs.supported(), config.required(), "the peer lacks required feature ");
        requireAll(config.supported(), theirs.required(), "the peer requires unsupported feature ");
        exchange.bannersExchanged(theirs.supported());
        return new Step.Next(new HelloPhase());
    }

    /** A peer that speaks another protocol is found out by its first wrong byte. */
    private int checkBeginning(Exchange exchange) throws ProtocolException {
        return Banner.payloadLength(banner, exchange.config().limits().handshake());
    }

    private static void requireAll(BannerFeatures present, BannerFeatures needed, String problem)
            throws ProtocolException {
        BannerFeatures missing = needed.minus(present);
        if (!missing.isEmpty()) {
            // Dialling again would find the same peer: Ceph stops here too, instead of retrying.
            throw new ProtocolException(FaultKind.FEATURE, problem + missing)
                    .inFrame("banner")
                    .asTerminal();
        }
    }

    private boolean fill(int bytes, ByteBuf in) {
        int missing = bytes - banner.readableBytes();
        if (missing > 0) {
            // Not in.readBytes(banner): that does not let the banner grow.
            banner.writeBytes(in, Math.min(missing, in.readableBytes()));
        }
        return banner.readableBytes() >= bytes;
    }

    @Override
    Step frame(ControlFrame frame, Exchange exchange) {
        throw new IllegalStateException("there are no frames before the banner");
    }
}
