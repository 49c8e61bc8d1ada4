package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Asks a daemon about itself over its Unix socket: a JSON command that ends with a zero byte, answered by a big-endian
 * length and as many bytes. Costs a millisecond where the {@code ceph} command costs a Python start, so it can be
 * polled.
 */
final class AdminSocket {

    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int ANSWER_BYTES_MAX = 16 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private AdminSocket() {}

    /** The daemon's answer, or a missing node while it does not answer or does not know the command yet. */
    static JsonNode ask(Path socket, String command) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(("{\"prefix\": \"" + command + "\"}\0").getBytes(StandardCharsets.UTF_8)));
            // The socket accepts before the daemon can answer; so reads are bounded.
            channel.configureBlocking(false);
            try (Selector selector = channel.provider().openSelector()) {
                channel.register(selector, SelectionKey.OP_READ);
                long deadlineNs = System.nanoTime() + LIMIT.toNanos();
                int answerBytes =
                        read(channel, selector, Integer.BYTES, deadlineNs).getInt();
                if (answerBytes < 0 || answerBytes > ANSWER_BYTES_MAX) {
                    throw new PeerException("admin socket " + socket + " announces " + answerBytes + " bytes");
                }
                return JSON.readTree(
                        read(channel, selector, answerBytes, deadlineNs).array());
            }
        } catch (IOException e) {
            // Not there, not listening, not answering, or an answer that is not JSON: all of these mean "not yet".
            return MissingNode.getInstance();
        }
    }

    private static ByteBuffer read(SocketChannel channel, Selector selector, int bytes, long deadlineNs)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            long remainingMs = Duration.ofNanos(deadlineNs - System.nanoTime()).toMillis();
            if (remainingMs <= 0) {
                throw new SocketTimeoutException("no answer within " + LIMIT);
            }
            selector.select(remainingMs);
            selector.selectedKeys().clear();
            if (channel.read(buffer) < 0) {
                throw new EOFException("answer cut short");
            }
        }
        return buffer.flip();
    }
}
