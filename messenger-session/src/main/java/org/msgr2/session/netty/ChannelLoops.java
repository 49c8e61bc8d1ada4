package org.msgr2.session.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.PeerCredentials;

/** A transport's loops, as its channels need them. Thread-safe. */
interface ChannelLoops {
    /** A channel is open. */
    Loop opened(Channel channel);

    /** What runs a loop of this transport. */
    EventLoop executorOf(Loop loop);

    /** Who has opened a Unix-domain channel; null if that is not to be known. */
    @Nullable PeerCredentials credentials(Channel channel);
}
