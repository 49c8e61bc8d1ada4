package org.msgr2.session.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;

/** An open datagram socket. Thread-safe. */
public interface DatagramHandle extends AutoCloseable {
    /** The most that a UDP datagram can carry, in IPv4. */
    int PAYLOAD_BYTES_MAX = 65_507;

    /** Where it is bound: with the real port, if 0 was asked for. */
    InetSocketAddress localAddr();

    /** Where its listener is called. */
    Loop loop();

    /** For payloads. */
    ByteBufAllocator allocator();

    /**
     * Sends a datagram. From any thread; cheapest within {@link DatagramListener#onDatagrams}, where those of one call leave
     * together.
     *
     * @param payload ownership passes, whatever the outcome. Not every transport sends an empty one
     */
    DatagramOutcome send(InetSocketAddress to, ByteBuf payload);

    /**
     * Sends a datagram out of an array that its owner goes on to use. Cheaper than {@link #send(InetSocketAddress, ByteBuf)} for
     * one that has to be copied anyway.
     *
     * @param bytes copied before the call returns
     */
    default DatagramOutcome send(InetSocketAddress to, byte[] bytes, int offset, int length) {
        if (length > PAYLOAD_BYTES_MAX) {
            return DatagramOutcome.TOO_LARGE;
        }
        return send(to, allocator().buffer(length).writeBytes(bytes, offset, length));
    }

    DatagramStats stats();

    /**
     * The number of its descriptor, for another process to go on with: by {@link Sockets#adoptDatagram}. It stays this handle's.
     *
     * @throws IOException if this transport has no descriptors
     */
    int export() throws IOException;

    /** Closes it. What is queued may be lost. From any thread, and again; outside of loops it returns when the port is free. */
    @Override
    void close();
}
