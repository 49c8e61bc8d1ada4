package org.msgr2.session.testing;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.ServiceConfiguration;
import org.msgr2.session.ServiceContext;
import org.msgr2.session.rpc.Calls;
import org.msgr2.session.transport.DatagramHandle;
import org.msgr2.session.transport.DatagramListener;
import org.msgr2.session.transport.DatagramOptions;
import org.msgr2.session.transport.ListenerHandle;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.StreamOptions;
import org.msgr2.session.transport.Transport;

/**
 * A service's surroundings without a messenger: a transport's loops and sockets, workers, a clock. What it opens is closed with
 * the transport. To change something, override it.
 */
public class TestServiceContext implements ServiceContext {
    private final Transport transport;
    private final Executor workers;
    private final Map<String, String> configuration;
    private final MeterRegistry meters = new SimpleMeterRegistry();

    /** @param transport what has loops and sockets */
    public TestServiceContext(Transport transport, Executor workers, Map<String, String> configuration) {
        this.transport = transport;
        this.workers = workers;
        this.configuration = configuration;
    }

    /** There is no messenger to call with: a test that needs one overrides this. */
    @Override
    public Calls calls() {
        throw new UnsupportedOperationException("no messenger");
    }

    @Override
    public EntityName node() {
        return EntityName.parse("osd.0");
    }

    @Override
    public Limits limits() {
        return Limits.defaults();
    }

    @Override
    public InstantSource clock() {
        return InstantSource.fixed(Instant.EPOCH);
    }

    @Override
    public Entropy entropy() {
        return bytes -> {};
    }

    @Override
    public Loop loop() {
        return transport.loop(0);
    }

    @Override
    public Executor workers() {
        return workers;
    }

    @Override
    public ByteBufAllocator allocator() {
        return ByteBufAllocator.DEFAULT;
    }

    @Override
    public EntityAddrVec addresses() {
        return EntityAddrVec.EMPTY;
    }

    @Override
    public Collection<Connection> connections() {
        return List.of();
    }

    @Override
    public ServiceConfiguration configuration() {
        return new ServiceConfiguration("test", configuration);
    }

    @Override
    public MeterRegistry meters() {
        return meters;
    }

    @Override
    public DatagramHandle datagram(InetSocketAddress addr, DatagramOptions options, DatagramListener listener)
            throws IOException {
        return transport.sockets().datagram(addr, options, listener);
    }

    @Override
    public DatagramHandle adoptDatagram(int descriptor, DatagramOptions options, DatagramListener listener)
            throws IOException {
        return transport.sockets().adoptDatagram(descriptor, options, listener);
    }

    @Override
    public ListenerHandle stream(SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException {
        return transport.sockets().stream(addr, options, accepted);
    }

    @Override
    public ListenerHandle adoptStream(
            int descriptor, SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException {
        return transport.sockets().adoptStream(descriptor, addr, options, accepted);
    }
}
