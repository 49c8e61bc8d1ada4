package org.msgr2.session.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Locale;

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
    };

    /** Whether this machine can do it. */
    public abstract boolean isAvailable();

    abstract IoHandlerFactory handlers();

    abstract Class<? extends SocketChannel> client();

    abstract Class<? extends ServerChannel> server();

    /** Epoll if it is there, else NIO. */
    public static NettyIo best() {
        return EPOLL.isAvailable() ? EPOLL : NIO;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
