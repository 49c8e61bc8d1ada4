package org.msgr2.session.netty;

import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a handle does with the descriptor below its channel. */
final class Descriptors {
    private static final Logger LOG = LoggerFactory.getLogger(Descriptors.class);

    private Descriptors() {}

    /** @throws IOException if the channel hides it, as the JDK's do */
    static int of(Channel channel) throws IOException {
        if (channel instanceof UnixChannel unix) {
            return unix.fd().intValue();
        }
        throw new IOException("cannot export " + channel.localAddress() + ": only native transports show descriptors");
    }

    /** Closes the channel; outside of its loop, waits until the kernel has let go of it. */
    @SuppressWarnings("FutureReturnValueIgnored") // closing ends somehow, and there is nothing to do about it
    static void close(Channel channel) {
        if (channel.eventLoop().inEventLoop()) {
            channel.close();
            return;
        }
        channel.close().awaitUninterruptibly();
        try {
            // A selector lets go of the port when it selects next: a task that is due later comes after that.
            channel.eventLoop().schedule(() -> {}, 1, TimeUnit.MILLISECONDS).awaitUninterruptibly();
        } catch (RejectedExecutionException e) {
            LOG.trace("the loops have ended, and the port is free", e);
        }
    }
}
