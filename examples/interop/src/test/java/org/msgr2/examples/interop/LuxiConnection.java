package org.msgr2.examples.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A client of Ganeti's query socket that says what it is told to say (spec/confd §7). Not thread-safe. */
final class LuxiConnection implements AutoCloseable {

    private static final byte END = 3;

    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(65_536).flip();

    private LuxiConnection(SocketChannel channel) {
        this.channel = channel;
    }

    static LuxiConnection open(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new LuxiConnection(channel);
    }

    /**
     * Sends a call and waits for its reply.
     *
     * @param call as JSON, or not
     * @return the reply's JSON
     */
    String call(String call) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((call + (char) END).getBytes(UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        while (true) {
            if (!buffer.hasRemaining() && isClosedByPeer()) {
                throw new PeerException("closed instead of a reply to " + call);
            }
            byte next = buffer.get();
            if (next == END) {
                return reply.toString(UTF_8);
            }
            reply.write(next);
        }
    }

    /** Waits for more bytes, or the end. */
    boolean isClosedByPeer() throws IOException {
        buffer.clear();
        int count = channel.read(buffer);
        buffer.flip();
        return count < 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
