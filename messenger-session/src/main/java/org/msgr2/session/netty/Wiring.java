package org.msgr2.session.netty;

import io.netty.channel.Channel;
import org.msgr2.session.transport.StreamListener;

/** Puts into a new channel's pipeline what brings its bytes to a listener. */
@FunctionalInterface
interface Wiring {
    /** As they are. */
    Wiring PLAIN = (channel, listener, loops) -> channel.pipeline().addLast(new ConnectionHandler(listener, loops));

    /** @param loops to be called once the channel is open */
    void wire(Channel channel, StreamListener listener, ChannelLoops loops);
}
