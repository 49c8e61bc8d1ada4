package org.msgr2.session.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.transport.PeerCredentials;

/** The ways in which Netty can talk to the kernel. */
public enum NettyIo {
    /** Linux's epoll, without the detour through the JDK: fastest on what we measured. */
    EPOLL {
        @Override
        public boolean isAvailable() {
            return Epoll.isAvailable();
        }

        @Override
        IoHandlerFactory handlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        Class<? extends SocketChannel> client() {
            return EpollSocketChannel.class;
        }

        @Override
        Class<? extends ServerChannel> server() {
            return EpollServerSocketChannel.class;
        }

        @Override
        ChannelFactory<? extends Channel> datagrams(InetSocketAddress addr, int payloadBytesMax, int batchMax) {
            // A socket of IPv6 would carry IPv4 as well, with longer addresses.
            boolean ipv4 = addr.getAddress() instanceof Inet4Address ip && !ip.isAnyLocalAddress();
            return () -> batching(
                    ipv4 ? new EpollDatagramChannel(SocketProtocolFamily.INET) : new EpollDatagramChannel(),
                    payloadBytesMax,
                    batchMax);
        }

        @Override
        Class<? extends ServerChannel> pathServer() {
            return EpollServerDomainSocketChannel.class;
        }

        @Override
        Class<? extends Channel> pathClient() {
            return EpollDomainSocketChannel.class;
        }

        /** The channel reads into one buffer, which the kernel fills with as many datagrams as fit. */
        private static Channel batching(EpollDatagramChannel channel, int payloadBytesMax, int batchMax) {
            ReceiveBuffer buffer = new ReceiveBuffer(payloadBytesMax * batchMax, batchMax);
            channel.config().setMaxDatagramPayloadSize(payloadBytesMax).setRecvByteBufAllocator(buffer);
            channel.closeFuture().addListener(closed -> buffer.close());
            return channel;
        }

        @Override
        ChannelFactory<? extends Channel> adoptedDatagrams(int descriptor, int payloadBytesMax, int batchMax) {
            return () -> batching(new EpollDatagramChannel(descriptor), payloadBytesMax, batchMax);
        }

        @Override
        ChannelFactory<? extends ServerChannel> adoptedServer(int descriptor, boolean path) {
            return () -> path
                    ? new EpollServerDomainSocketChannel(descriptor, true)
                    : new EpollServerSocketChannel(descriptor);
        }

        /** In three steps, so that nobody can connect before the mode is set; and Netty leaves a path alone that it has not bound. */
        @Override
        ChannelFactory<? extends ServerChannel> pathServer(Path path, Set<PosixFilePermission> mode, int backlog)
                throws IOException {
            Socket socket = Socket.newSocketDomain();
            try {
                socket.bind(address(UnixDomainSocketAddress.of(path)));
                Files.setPosixFilePermissions(path, mode);
                socket.listen(backlog);
                return adoptedServer(socket.intValue(), true);
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        }

        @Override
        @Nullable String pathOf(int descriptor) {
            DomainSocketAddress local = new Socket(descriptor).localDomainSocketAddress();
            return local == null ? null : local.path();
        }

        @Override
        @Nullable PeerCredentials credentials(Channel channel) throws IOException {
            if (!(channel instanceof EpollDomainSocketChannel path)) {
                return null;
            }
            io.netty.channel.unix.PeerCredentials told = path.peerCredentials();
            return new PeerCredentials(told.pid(), told.uid(), told.gids().length == 0 ? -1 : told.gids()[0]);
        }
    },

    /** The JDK's own: works everywhere. */
    NIO {
        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        IoHandlerFactory handlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        Class<? extends SocketChannel> client() {
            return NioSocketChannel.class;
        }

        @Override
        Class<? extends ServerChannel> server() {
            return NioServerSocketChannel.class;
        }

        @Override
        ChannelFactory<? extends Channel> datagrams(InetSocketAddress addr, int payloadBytesMax, int batchMax) {
            return () -> oneByOne(new NioDatagramChannel(), payloadBytesMax, batchMax);
        }

        @Override
        Class<? extends ServerChannel> pathServer() {
            return NioServerDomainSocketChannel.class;
        }

        @Override
        Class<? extends Channel> pathClient() {
            return NioDomainSocketChannel.class;
        }
    },

    /** Linux's io_uring. The application has to add netty-transport-native-io_uring, and the kernel has to allow it. */
    IO_URING {
        @Override
        public boolean isAvailable() {
            try {
                return IoUring.isAvailable();
            } catch (NoClassDefFoundError e) {
                return false; // the optional dependency was left out
            }
        }

        @Override
        IoHandlerFactory handlers() {
            return IoUringIoHandler.newFactory();
        }

        @Override
        Class<? extends SocketChannel> client() {
            return IoUringSocketChannel.class;
        }

        @Override
        Class<? extends ServerChannel> server() {
            return IoUringServerSocketChannel.class;
        }

        @Override
        ChannelFactory<? extends Channel> datagrams(InetSocketAddress addr, int payloadBytesMax, int batchMax) {
            return () -> oneByOne(new IoUringDatagramChannel(), payloadBytesMax, batchMax);
        }

        @Override
        Class<? extends ServerChannel> pathServer() {
            return IoUringServerDomainSocketChannel.class;
        }

        @Override
        Class<? extends Channel> pathClient() {
            return IoUringDomainSocketChannel.class;
        }
    };

    /** Whether this machine can do it. */
    public abstract boolean isAvailable();

    abstract IoHandlerFactory handlers();

    abstract Class<? extends SocketChannel> client();

    abstract Class<? extends ServerChannel> server();

    /** A server of Unix-domain streams, which removes its path when it is closed. */
    abstract Class<? extends ServerChannel> pathServer();

    /** The same listening already, with such a mode, and not caring for its path; null if that cannot be had. */
    @Nullable ChannelFactory<? extends ServerChannel> pathServer(Path path, Set<PosixFilePermission> mode, int backlog)
            throws IOException {
        return null;
    }

    /** Where a Unix-domain socket is bound; null if it is none. */
    @Nullable String pathOf(int descriptor) {
        return null;
    }

    abstract Class<? extends Channel> pathClient();

    /**
     * Channels that read datagrams of at most that many bytes, and cut others off.
     *
     * @param addr that they will be bound to
     * @param batchMax so many before they say that reading is complete
     */
    abstract ChannelFactory<? extends Channel> datagrams(InetSocketAddress addr, int payloadBytesMax, int batchMax);

    /** @throws IOException if this way to the kernel cannot take a socket over */
    ChannelFactory<? extends Channel> adoptedDatagrams(int descriptor, int payloadBytesMax, int batchMax)
            throws IOException {
        throw cannotAdopt(descriptor);
    }

    /**
     * @param path of a Unix-domain socket; otherwise of TCP
     * @throws IOException if this way to the kernel cannot take a socket over
     */
    ChannelFactory<? extends ServerChannel> adoptedServer(int descriptor, boolean path) throws IOException {
        throw cannotAdopt(descriptor);
    }

    private IOException cannotAdopt(int descriptor) {
        return new IOException("cannot go on with descriptor " + descriptor + ": transport " + this
                + " takes no sockets over, only " + EPOLL + " does");
    }

    /** Who is at the other end; null if that is not to be known. */
    @Nullable PeerCredentials credentials(Channel channel) throws IOException {
        return null;
    }

    private static Channel oneByOne(Channel channel, int payloadBytesMax, int batchMax) {
        channel.config()
                .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(payloadBytesMax).maxMessagesPerRead(batchMax));
        return channel;
    }

    /** As its channels want it. */
    SocketAddress address(SocketAddress addr) {
        return this != NIO && addr instanceof UnixDomainSocketAddress path
                ? new DomainSocketAddress(path.getPath().toFile())
                : addr;
    }

    /** Epoll if it is there, else NIO. */
    public static NettyIo best() {
        return EPOLL.isAvailable() ? EPOLL : NIO;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
