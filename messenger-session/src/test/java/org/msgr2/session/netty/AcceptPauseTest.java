package org.msgr2.session.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.testing.LogCapture;

/** A listener that cannot accept. */
class AcceptPauseTest {
    private static final int PAUSE_MS = 1000;

    private static IOException noDescriptors() {
        return new IOException("accept(..) failed with error(-24): Too many open files");
    }

    @Test
    @Scenario("P41")
    void pausesAndGoesOn() {
        EmbeddedChannel listener = new EmbeddedChannel(new AcceptPause(PAUSE_MS));
        listener.freezeTime();
        try (LogCapture log = LogCapture.of(AcceptPause.class.getName())) {
            listener.pipeline().fireExceptionCaught(noDescriptors());
            assertThat(listener.config().isAutoRead()).isFalse();
            listener.pipeline().fireExceptionCaught(noDescriptors());
            assertThat(log.lines()).singleElement().asString().contains("pausing for 1000 ms", "Too many open files");
        }
        listener.advanceTimeBy(PAUSE_MS - 1, TimeUnit.MILLISECONDS);
        listener.runScheduledPendingTasks();
        assertThat(listener.config().isAutoRead()).isFalse();
        listener.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        listener.runScheduledPendingTasks();
        assertThat(listener.config().isAutoRead()).isTrue();

        listener.pipeline().fireExceptionCaught(noDescriptors());
        assertThat(listener.config().isAutoRead()).as("again").isFalse();
        listener.finishAndReleaseAll();
    }

    /** A listener whose first calls of accept() fail. */
    private static final class NoDescriptors extends NioServerSocketChannel {
        private final AtomicInteger failures;

        NoDescriptors(AtomicInteger failures) {
            this.failures = failures;
        }

        @Override
        protected int doReadMessages(List<Object> accepted) throws Exception {
            if (failures.getAndDecrement() > 0) {
                throw noDescriptors();
            }
            return super.doReadMessages(accepted);
        }
    }

    @Test
    @Scenario("P41")
    void whoHasWaitedIsAcceptedWhenThereAreDescriptorsAgain() throws InterruptedException {
        AtomicInteger failures = new AtomicInteger(3);
        CountDownLatch accepted = new CountDownLatch(1);
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel listener = new ServerBootstrap()
                    .group(loops)
                    .channelFactory(() -> new NoDescriptors(failures))
                    .handler(new AcceptPause(5))
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            accepted.countDown();
                        }
                    })
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .syncUninterruptibly()
                    .channel();
            new Bootstrap()
                    .group(loops)
                    .channel(NioSocketChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(listener.localAddress())
                    .syncUninterruptibly();
            assertThat(accepted.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(failures.get()).as("it has failed three times before").isLessThanOrEqualTo(0);
            assertThat(listener.isOpen()).isTrue();
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
