package org.msgr2.session.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

/** Besides the contract: the descriptors of native sockets go to another owner, as they would to another process. */
class EpollSocketsTest extends UnixPathContractTest {
    private static final DatagramOptions DATAGRAMS = DatagramOptions.of(Limits.defaults());

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.EPOLL);
    }

    /** The kernel's copy of a descriptor, as a process gets it that it is sent to: by SCM_RIGHTS, through a Unix-domain socket. */
    private int received(int descriptor) throws Exception {
        CompletableFuture<Integer> copy = new CompletableFuture<>();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            DomainSocketAddress path = new DomainSocketAddress(
                    directory.resolve("descriptors.sock").toFile());
            Channel listening = new ServerBootstrap()
                    .group(loops)
                    .channel(EpollServerDomainSocketChannel.class)
                    .childOption(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                                @Override
                                public void channelRead(ChannelHandlerContext context, Object message) {
                                    copy.complete(((FileDescriptor) message).intValue());
                                }
                            });
                        }
                    })
                    .bind(path)
                    .sync()
                    .channel();
            Channel sending = new Bootstrap()
                    .group(loops)
                    .channel(EpollDomainSocketChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(path)
                    .sync()
                    .channel();
            sending.writeAndFlush(new FileDescriptor(descriptor)).sync();
            int received = copy.get(10, TimeUnit.SECONDS);
            sending.close().sync();
            listening.close().sync();
            return received;
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
            Files.deleteIfExists(directory.resolve("descriptors.sock"));
        }
    }

    @Test
    void anotherOwnerGoesOnWithAListener() throws Exception {
        for (SocketAddress addr : List.of(anyPort(), path("echo.sock"))) {
            ListenerHandle first = server.stream(addr, OPTIONS, Echo::new);
            int copy = received(first.export());
            ListenerHandle second = client.adoptStream(copy, first.localAddr(), OPTIONS, Echo::new);
            assertThat(second.localAddr()).isEqualTo(first.localAddr());
            first.close();
            assertEchoes(second.localAddr());
            assertThat(second.streams()).isEqualTo(1);
            second.close();
        }
    }

    @Test
    void anotherOwnerGoesOnWithADatagramSocketAndLosesNothing() throws Exception {
        List<String> texts = new CopyOnWriteArrayList<>();
        DatagramListener notes = (socket, batch) -> {
            for (int i = 0; i < batch.size(); i++) {
                texts.add(batch.payload(i).toString(UTF_8));
            }
        };
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        DatagramHandle first = server.datagram(any, DATAGRAMS, notes);
        DatagramHandle peer = client.datagram(any, DATAGRAMS, (socket, batch) -> {});
        int copy = received(first.export());
        peer.send(first.localAddr(), Unpooled.copiedBuffer("before", UTF_8));
        network.await("the first owner gets it", () -> texts.contains("before"));
        first.close();
        peer.send(first.localAddr(), Unpooled.copiedBuffer("between", UTF_8));
        DatagramHandle second = client.adoptDatagram(copy, DATAGRAMS, notes);
        assertThat(second.localAddr()).isEqualTo(first.localAddr());
        network.await("the second owner gets what came between", () -> texts.contains("between"));
        peer.send(first.localAddr(), Unpooled.copiedBuffer("behind", UTF_8));
        network.await("and what comes behind", () -> texts.contains("behind"));
        assertThat(texts).containsExactly("before", "between", "behind");
    }

    @Test
    void leavesAPathAloneThatIsSomebodyElsesByNow() throws Exception {
        Path path = directory.resolve("echo.sock");
        ListenerHandle replaced = server.stream(path("echo.sock"), OPTIONS, Echo::new);
        Files.delete(path);
        Files.writeString(path, "somebody else's");
        replaced.close();
        assertThat(path).hasContent("somebody else's");
    }

    @Test
    void refusesADescriptorThatListensElsewhere() throws Exception {
        ListenerHandle first = server.stream(anyPort(), OPTIONS, Echo::new);
        int port = ((InetSocketAddress) first.localAddr()).getPort();
        int copy = received(first.export());
        InetSocketAddress other = new InetSocketAddress(InetAddress.getLoopbackAddress(), port == 1 ? 2 : 1);
        assertThatThrownBy(() -> client.adoptStream(copy, other, OPTIONS, Echo::new))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it listens at");
        assertEchoes(first.localAddr());
    }

    @Test
    void tellsWhoIsAtTheOtherEndOfAPath() throws IOException {
        Echo echo = new Echo();
        server.stream(path("echo.sock"), OPTIONS, () -> echo);
        assertEchoes(path("echo.sock"));
        assertThat(echo.credentials.pid())
                .isEqualTo((int) ProcessHandle.current().pid());
        assertThat(echo.credentials.uid()).isEqualTo((int) (Integer) Files.getAttribute(directory, "unix:uid"));
    }
}
