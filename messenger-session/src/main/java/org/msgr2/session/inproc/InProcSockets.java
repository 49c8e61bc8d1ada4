package org.msgr2.session.inproc;

import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.DatagramHandle;
import org.msgr2.session.transport.DatagramListener;
import org.msgr2.session.transport.DatagramOptions;
import org.msgr2.session.transport.ListenerHandle;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Sockets;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.StreamOptions;
import org.msgr2.session.transport.Transport;

/** Other protocols' sockets within the process. There are no descriptors here, and a path is a name only. Thread-safe. */
final class InProcSockets implements Sockets {
    private final InProcTransport transport;
    private final InProcNetwork network;
    private final ByteBufAllocator allocator;
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<InProcDatagrams> datagrams = ConcurrentHashMap.newKeySet();

    InProcSockets(InProcTransport transport, InProcNetwork network, ByteBufAllocator allocator) {
        this.transport = transport;
        this.network = network;
        this.allocator = allocator;
    }

    private Loop nextLoop() {
        return transport.loop(Math.floorMod(turn.getAndIncrement(), transport.loops()));
    }

    @Override
    public DatagramHandle datagram(InetSocketAddress addr, DatagramOptions options, DatagramListener listener)
            throws IOException {
        InProcDatagrams socket = new InProcDatagrams(this, network, allocator, nextLoop(), options, listener);
        socket.bound(network.bindDatagrams(addr, socket));
        datagrams.add(socket);
        return socket;
    }

    @Override
    public DatagramHandle adoptDatagram(int descriptor, DatagramOptions options, DatagramListener listener)
            throws IOException {
        throw noDescriptors(descriptor);
    }

    @Override
    public ListenerHandle stream(SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException {
        InProcListenerHandle handle = new InProcListenerHandle(options, accepted);
        if (addr instanceof UnixDomainSocketAddress path) {
            InProcListener listener = new InProcListener(transport, EntityAddr.BLANK, handle::accept);
            network.bindPath(path.getPath(), listener);
            transport.closesWithUs(listener);
            handle.opened(listener, addr);
            return handle;
        }
        InetSocketAddress inet = (InetSocketAddress) addr;
        Transport.Listener listener = transport.listen(entityAddr(inet), handle::accept);
        handle.opened(
                listener,
                new InetSocketAddress(inet.getAddress(), listener.addr().port()));
        return handle;
    }

    @Override
    public ListenerHandle adoptStream(
            int descriptor, SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException {
        throw noDescriptors(descriptor);
    }

    private static IOException noDescriptors(int descriptor) {
        return new IOException("cannot go on with descriptor " + descriptor + ": sockets within the process have none");
    }

    @Override
    public void connect(SocketAddress addr, StreamListener listener, Consumer<Throwable> failed) {
        Loop loop = nextLoop();
        if (addr instanceof UnixDomainSocketAddress path) {
            transport.connect(
                    network.lookUpPath(path.getPath()), EntityAddr.BLANK, EntityAddr.BLANK, loop, listener, failed);
        } else {
            transport.connect(entityAddr((InetSocketAddress) addr), loop, listener, failed);
        }
    }

    private static EntityAddr entityAddr(InetSocketAddress addr) {
        return EntityAddr.of(EntityAddr.Type.MSGR2, 0, addr.getAddress().getAddress(), 0, addr.getPort());
    }

    void closed(InProcDatagrams socket) {
        datagrams.remove(socket);
    }

    void close() {
        List.copyOf(datagrams).forEach(InProcDatagrams::close);
    }
}
