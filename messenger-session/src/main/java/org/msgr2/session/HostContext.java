package org.msgr2.session;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.dispatch.ServiceLane;
import org.msgr2.session.rpc.Calls;
import org.msgr2.session.transport.DatagramHandle;
import org.msgr2.session.transport.DatagramListener;
import org.msgr2.session.transport.DatagramOptions;
import org.msgr2.session.transport.ListenerHandle;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Sockets;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.StreamOptions;

/** What a messenger gives to one of its services, and takes back. Thread-safe. */
final class HostContext implements ServiceContext {
    private final Messenger messenger;
    private final ServiceConfiguration configuration;
    private final Executor workers;
    private final Supplier<Sockets> sockets;
    private final ByteBufAllocator allocator;
    private final MeterRegistry registry;
    private final CompositeMeterRegistry meters = new CompositeMeterRegistry();
    private final Set<DatagramHandle> datagrams = ConcurrentHashMap.newKeySet();
    private final Set<ListenerHandle> listeners = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /** @param sockets asked when the service wants one: not every transport has any */
    HostContext(
            Messenger messenger,
            ServiceLane lane,
            Supplier<Sockets> sockets,
            ByteBufAllocator allocator,
            MeterRegistry registry) {
        this.messenger = messenger;
        this.configuration =
                new ServiceConfiguration(lane.name(), lane.options().configuration());
        this.workers = lane.workers();
        this.sockets = sockets;
        this.allocator = allocator;
        meters.config().commonTags("entity", messenger.config().name().toString(), "service", lane.name());
        this.registry = registry;
        meters.add(registry);
    }

    /** Takes front ends back. Idempotent. */
    void closeFrontEnds() {
        ended = true;
        datagrams.forEach(DatagramHandle::close);
        listeners.forEach(ListenerHandle::close);
        listeners.forEach(ListenerHandle::closeStreams);
    }

    /** The service's metrics end. */
    void closeMeters() {
        meters.clear();
        meters.remove(registry); // which would be closed too, and is the application's
        meters.close();
    }

    private DatagramHandle kept(DatagramHandle handle) throws IOException {
        datagrams.add(handle);
        if (ended) {
            handle.close();
            throw new IOException("the messenger is closed");
        }
        return handle;
    }

    private ListenerHandle kept(ListenerHandle handle) throws IOException {
        listeners.add(handle);
        if (ended) {
            handle.close();
            handle.closeStreams();
            throw new IOException("the messenger is closed");
        }
        return handle;
    }

    @Override
    public DatagramHandle datagram(InetSocketAddress addr, DatagramOptions options, DatagramListener listener)
            throws IOException {
        return kept(sockets.get().datagram(addr, options, listener));
    }

    @Override
    public DatagramHandle adoptDatagram(int descriptor, DatagramOptions options, DatagramListener listener)
            throws IOException {
        return kept(sockets.get().adoptDatagram(descriptor, options, listener));
    }

    @Override
    public ListenerHandle stream(SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException {
        return kept(sockets.get().stream(addr, options, accepted));
    }

    @Override
    public ListenerHandle adoptStream(
            int descriptor, SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException {
        return kept(sockets.get().adoptStream(descriptor, addr, options, accepted));
    }

    @Override
    public Calls calls() {
        return messenger.calls();
    }

    @Override
    public EntityName node() {
        return messenger.config().name();
    }

    @Override
    public Limits limits() {
        return messenger.config().limits();
    }

    @Override
    public InstantSource clock() {
        return messenger.config().clock();
    }

    @Override
    public Entropy entropy() {
        return messenger.config().entropy();
    }

    @Override
    public Loop loop() {
        return messenger.loop();
    }

    @Override
    public Executor workers() {
        return workers;
    }

    @Override
    public ByteBufAllocator allocator() {
        return allocator;
    }

    @Override
    public EntityAddrVec addresses() {
        return messenger.addresses();
    }

    @Override
    public Collection<Connection> connections() {
        return messenger.connections();
    }

    @Override
    public ServiceConfiguration configuration() {
        return configuration;
    }

    @Override
    public MeterRegistry meters() {
        return meters;
    }
}
