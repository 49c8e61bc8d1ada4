package org.msgr2.examples.bench.confd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Asks a confd from one thread, over one socket. Not thread-safe. */
final class LoadClient implements AutoCloseable {
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final int REPLY_BYTES_MAX = 65_536;

    private final DatagramChannel channel;
    private final Selector selector;
    private final ByteBuffer reply = ByteBuffer.allocateDirect(REPLY_BYTES_MAX);

    LoadClient(InetSocketAddress server) throws IOException {
        channel = DatagramChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        channel.connect(server);
        channel.configureBlocking(false);
        selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
    }

    /**
     * Asks in turn, with so many questions under way, until so many are answered.
     *
     * @param lossLimit after such a silence what is under way counts as lost and is asked again
     * @return how many were lost
     */
    int load(List<Request> requests, int answers, int inFlight, Duration lossLimit) throws IOException {
        int asked = 0;
        int answered = 0;
        int lost = 0;
        while (answered < answers) {
            while (asked - answered - lost < inFlight && asked - lost < answers) {
                send(requests.get(asked % requests.size()));
                asked++;
            }
            int received = receiveAll(lossLimit);
            if (received == 0) {
                lost += asked - answered - lost;
            }
            answered += received;
        }
        return lost;
    }

    /**
     * Asks so many times, one at a time.
     *
     * @return the round trips in ns, sorted; those without an answer are {@code Long.MAX_VALUE}
     */
    long[] roundTrips(Request request, int count, Duration limit) throws IOException {
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            send(request);
            nanos[i] = receiveAll(limit) > 0 ? System.nanoTime() - start : Long.MAX_VALUE;
        }
        Arrays.sort(nanos);
        return nanos;
    }

    /** The text of the reply to this question; empty if none comes. What was still under way is dropped. */
    String ask(Request request, Duration limit) throws IOException {
        while (receive() > 0) {
            // of earlier questions
        }
        send(request);
        if (!await(limit)) {
            return "";
        }
        int bytes = receive();
        byte[] text = new byte[Math.max(0, bytes)];
        reply.get(0, text);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    void send(Request request) throws IOException {
        ByteBuffer datagram = request.datagram().duplicate();
        while (channel.write(datagram) == 0) {
            Thread.onSpinWait(); // the socket's buffer is full: the server takes its time
        }
    }

    /** Takes what is there, and waits for the first. */
    int receiveAll(Duration limit) throws IOException {
        int count = 0;
        if (await(limit)) {
            while (receive() > 0) {
                count++;
            }
        }
        return count;
    }

    private boolean await(Duration limit) throws IOException {
        selector.selectedKeys().clear();
        return selector.select(Math.max(1, limit.toMillis())) > 0;
    }

    /** The number of bytes, 0 or less if nothing is there or nobody listens. */
    private int receive() throws IOException {
        reply.clear();
        try {
            return channel.read(reply);
        } catch (PortUnreachableException e) {
            return 0;
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
