package org.msgr2.examples.interop;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks a confd and hears its answers, silence included. What is not answered is asked once more, and counts as met with
 * silence when the daemon has answered a ping after it and stays silent. Not thread-safe.
 */
final class ConfdAsker implements AutoCloseable {

    /** Replies of 64 KiB each have to fit into the socket's buffer. */
    private static final int WINDOW = 8;

    /** Of questions that were not answered, most will not be this time either. */
    private static final int WINDOW_LAST = 64;

    private static final Duration PING_LIMIT = Duration.ofSeconds(20);
    private static final Duration QUIET_FIRST = Duration.ofMillis(20);
    private static final Duration QUIET_LAST = Duration.ofMillis(250);
    private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

    private final DatagramSocket socket;
    private final InetSocketAddress server;
    private final byte[] buffer = new byte[65_536];
    private int pings;

    ConfdAsker(InetSocketAddress server) throws IOException {
        this.server = server;
        this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    }

    /** The answer to each question that got one, by its rsalt. */
    Map<String, ConfdAnswer> ask(List<ConfdQuestion> questions) throws IOException {
        Map<String, ConfdAnswer> answers = new HashMap<>();
        askInWindows(questions, WINDOW, QUIET_FIRST, answers);
        askInWindows(
                questions.stream()
                        .filter(question -> !answers.containsKey(question.rsalt()))
                        .toList(),
                WINDOW_LAST,
                QUIET_LAST,
                answers);
        return answers;
    }

    /** The answer to one question, empty for silence. */
    Optional<ConfdAnswer> ask(ConfdQuestion question) throws IOException {
        return Optional.ofNullable(ask(List.of(question)).get(question.rsalt()));
    }

    /** The answer to a ping: when it does not come soon, there is none. */
    Optional<ConfdAnswer> ping(Duration limit) throws IOException {
        ConfdQuestion ping = nextPing();
        send(ping);
        Map<String, ConfdAnswer> answers = new HashMap<>();
        receive(List.of(ping), limit, answers);
        return Optional.ofNullable(answers.get(ping.rsalt()));
    }

    private void askInWindows(List<ConfdQuestion> questions, int size, Duration quiet, Map<String, ConfdAnswer> answers)
            throws IOException {
        for (int from = 0; from < questions.size(); from += size) {
            List<ConfdQuestion> window = questions.subList(from, Math.min(from + size, questions.size()));
            for (ConfdQuestion question : window) {
                send(question);
            }
            ConfdQuestion ping = nextPing();
            send(ping);
            receive(List.of(ping), PING_LIMIT, answers);
            if (!answers.containsKey(ping.rsalt())) {
                throw new PeerException("it answers no ping after " + window);
            }
            receive(window, quiet, answers);
        }
    }

    private ConfdQuestion nextPing() {
        String rsalt = "ping-" + ++pings;
        return ConfdQuestion.signed(0, rsalt, "ping", "{\"protocol\":1,\"type\":0,\"rsalt\":\"" + rsalt + "\"}");
    }

    private void send(ConfdQuestion question) throws IOException {
        byte[] datagram = question.datagram(System.currentTimeMillis() / 1000);
        socket.send(new DatagramPacket(datagram, datagram.length, server));
    }

    /** Reads until all of these are answered, or nothing has come for so long. */
    private void receive(List<ConfdQuestion> awaited, Duration quiet, Map<String, ConfdAnswer> answers)
            throws IOException {
        List<ConfdQuestion> open = new ArrayList<>(awaited);
        while (true) {
            open.removeIf(question -> answers.containsKey(question.rsalt()));
            if (open.isEmpty()) {
                return;
            }
            ConfdAnswer answer = receive(quiet);
            if (answer == null) {
                return;
            }
            answers.putIfAbsent(answer.salt(), answer);
        }
    }

    private @Nullable ConfdAnswer receive(Duration limit) throws IOException {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.setSoTimeout((int) Math.max(1, limit.toMillis()));
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException e) {
            return null;
        }
        return ConfdAnswer.read(Arrays.copyOf(packet.getData(), packet.getLength()));
    }

    @Override
    public void close() {
        socket.close();
    }
}
