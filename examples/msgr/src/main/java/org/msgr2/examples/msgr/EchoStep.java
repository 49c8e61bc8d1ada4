package org.msgr2.examples.msgr;

import java.time.Duration;
import java.util.Locale;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;

/**
 * A stream of messages through the echo service, each reply of which is checked; on its way the connection breaks now and
 * then, and the session goes on.
 */
final class EchoStep implements DemoStep {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration REDRAW_INTERVAL = Duration.ofMillis(100);

    private final int messages;
    private final int sizeBytes;

    EchoStep(int messages, int sizeBytes) {
        this.messages = messages;
        this.sizeBytes = sizeBytes;
    }

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public void run(Demo demo) throws Failure, InterruptedException {
        EntityAddr addr = demo.node().addresses().get(0);
        long replayedBefore = demo.node().stats().messagesReplayed();
        try (BreakableTransport network = new BreakableTransport(Node.transport(null))) {
            EchoStream stream = new EchoStream(messages, sizeBytes, network::breakNext);
            Messenger.Builder builder = demo.client()
                    .transport(network)
                    .dialPolicy(Policy.losslessClient())
                    .dispatcher(stream);
            long startNs;
            long endNs;
            long messagesReplayed;
            try (Client client = Client.connect(builder, EntityType.ANY, addr, TIMEOUT);
                    Progress progress = demo.progress("messages", messages)) {
                startNs = System.nanoTime();
                stream.start(client.connection());
                awaitEnd(stream, progress);
                endNs = System.nanoTime();
                messagesReplayed = client.stats().messagesReplayed();
            }
            long repliesReplayed = demo.node().stats().messagesReplayed() - replayedBefore;
            report(demo, stream, messagesReplayed, repliesReplayed, (endNs - startNs) / 1e9);
        }
    }

    /** A stream that stands still for too long has lost something. */
    private static void awaitEnd(EchoStream stream, Progress progress) throws InterruptedException {
        long seen = 0;
        long seenNs = System.nanoTime();
        while (!stream.awaitEnd(REDRAW_INTERVAL) && System.nanoTime() - seenNs < TIMEOUT.toNanos()) {
            long received = stream.received();
            if (received != seen) {
                seen = received;
                seenNs = System.nanoTime();
            }
            progress.show(received);
        }
    }

    private void report(Demo demo, EchoStream stream, long messagesReplayed, long repliesReplayed, double seconds)
            throws Failure {
        EchoStream.Result result = stream.result();
        double perSecond = result.received() / seconds;
        double megabytesPerSecond = perSecond * sizeBytes / 1e6;
        double p50 = result.latencyUs(50);
        double p99 = result.latencyUs(99);
        String counts = String.format(
                Locale.ROOT,
                "%,d messages of %,d bytes there and back: sent %,d, received %,d, lost %,d, duplicated %,d,"
                        + " reordered %,d, damaged %,d",
                messages,
                sizeBytes,
                result.sent(),
                result.received(),
                result.lost(),
                result.duplicated(),
                result.reordered(),
                result.damaged());
        int cuts = stream.disturbances();
        String survived = String.format(
                Locale.ROOT,
                "cuts of the connection %d, connections %d, messages sent again %,d, replies sent again %,d",
                cuts,
                stream.connections(),
                messagesReplayed,
                repliesReplayed);
        String rates = String.format(
                Locale.ROOT,
                "%,.0f messages/s, %.1f MB/s each way; with %d in flight, p50 %.3f ms, p99 %.3f ms",
                perSecond,
                megabytesPerSecond,
                stream.window(),
                p50 / 1e3,
                p99 / 1e3);
        demo.report(this, counts + "\n" + survived + "\n" + rates)
                .put("messages", messages)
                .put("bytes_each", sizeBytes)
                .put("sent", result.sent())
                .put("received", result.received())
                .put("lost", result.lost())
                .put("duplicated", result.duplicated())
                .put("reordered", result.reordered())
                .put("damaged", result.damaged())
                .put("cuts", cuts)
                .put("connections", stream.connections())
                .put("messages_replayed", messagesReplayed)
                .put("replies_replayed", repliesReplayed)
                .put("messages_per_second", perSecond)
                .put("megabytes_per_second", megabytesPerSecond)
                .put("p50_us", p50)
                .put("p99_us", p99)
                .put("seconds", seconds);
        if (!result.perfect()) {
            throw Failure.of("the stream was not perfect: " + counts + stream.problem());
        }
        if (stream.connections() <= cuts) {
            throw Failure.of("the connection was to be cut " + cuts + " times, and the session had only "
                    + stream.connections() + " connections");
        }
    }
}
