package org.msgr2.session.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener's answer to an accept() that fails. Without descriptors that happens at once, again and again: a pause leaves the
 * processor to others, and peers wait in the backlog meanwhile.
 */
final class AcceptPause extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptPause.class);

    private final int pauseMs;

    AcceptPause(int pauseMs) {
        this.pauseMs = pauseMs;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a loop that ends does not have to accept again
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Channel channel = context.channel();
        if (!channel.config().isAutoRead()) {
            return; // what was under way when the pause began
        }
        LOG.warn("cannot accept on {}, pausing for {} ms: {}", channel.localAddress(), pauseMs, cause.getMessage());
        channel.config().setAutoRead(false);
        channel.eventLoop().schedule(() -> channel.config().setAutoRead(true), pauseMs, TimeUnit.MILLISECONDS);
    }
}
