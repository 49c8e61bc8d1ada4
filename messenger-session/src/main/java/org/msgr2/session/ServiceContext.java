package org.msgr2.session;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.rpc.Calls;
import org.msgr2.session.transport.DatagramHandle;
import org.msgr2.session.transport.DatagramListener;
import org.msgr2.session.transport.DatagramOptions;
import org.msgr2.session.transport.ListenerHandle;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.StreamOptions;

/**
 * What a service may use of the messenger that hosts it. Thread-safe.
 *
 * <p><b>Front ends</b> are for clients that speak another protocol than the messenger's. They run on the messenger's event
 * loops, so what they call must not block; {@link #workers} is where longer work goes. They are closed with the messenger, if
 * the service has not done so before.
 */
public interface ServiceContext {

    /** The messenger's own name. */
    EntityName node();

    /** Every bound. */
    Limits limits();

    /** Wall-clock time. */
    InstantSource clock();

    /** Random bytes. */
    Entropy entropy();

    /** An event loop, for timers. */
    Loop loop();

    /** The service's own workers. Refuses tasks once the messenger is closed. */
    Executor workers();

    ByteBufAllocator allocator();

    /** Where the messenger is found: {@link Messenger#addresses}. */
    EntityAddrVec addresses();

    /** The messenger's connections that live: {@link Messenger#connections}. */
    Collection<Connection> connections();

    /** To call other services, at peers and at the messenger itself. */
    Calls calls();

    /** What the service was configured with. */
    ServiceConfiguration configuration();

    /** For metrics of its own; each gets the tags {@code service}, its name, and {@code entity}, the node's, and ends with it. */
    MeterRegistry meters();

    /** A datagram socket with the messenger's limits. */
    default DatagramHandle datagram(InetSocketAddress addr, DatagramListener listener) throws IOException {
        return datagram(addr, DatagramOptions.of(limits()), listener);
    }

    /**
     * A datagram socket.
     *
     * @throws IOException with a message for a user: the port is in use, the address is not ours
     */
    DatagramHandle datagram(InetSocketAddress addr, DatagramOptions options, DatagramListener listener)
            throws IOException;

    /**
     * Goes on with a datagram socket that another process has opened: {@link DatagramHandle#export}.
     *
     * @param descriptor ours from now on
     */
    DatagramHandle adoptDatagram(int descriptor, DatagramOptions options, DatagramListener listener) throws IOException;

    /** A listener for streams with the messenger's limits. */
    default ListenerHandle stream(SocketAddress addr, Supplier<? extends StreamListener> accepted) throws IOException {
        return stream(addr, StreamOptions.of(limits()), accepted);
    }

    /**
     * A listener for streams.
     *
     * @param addr of TCP, or a path: see {@link org.msgr2.session.transport.Sockets#stream}
     * @param accepted makes the owner of each accepted stream; called on the stream's loop
     * @throws IOException with a message for a user
     */
    ListenerHandle stream(SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException;

    /**
     * Goes on with a socket on which another process listens: {@link ListenerHandle#export}.
     *
     * @param descriptor ours from now on
     * @param addr where it listens
     */
    ListenerHandle adoptStream(
            int descriptor, SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException;
}
