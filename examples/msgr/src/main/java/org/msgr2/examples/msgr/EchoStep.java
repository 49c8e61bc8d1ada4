package org.msgr2.examples.msgr;

import java.time.Duration;
import java.util.Locale;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.Messenger;

/** A stream of messages through the echo service, each reply of which is checked. */
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
        EchoStream stream = new EchoStream(messages, sizeBytes);
        long startNs;
        long endNs;
        Messenger.Builder builder = demo.client().dispatcher(stream);
        try (Client client = Client.connect(builder, EntityType.ANY, addr, TIMEOUT);
                Progress progress = demo.progress("messages", messages)) {
            startNs = System.nanoTime();
            stream.start(client.connection());
            awaitEnd(stream, progress);
            endNs = System.nanoTime();
        }
        report(demo, stream, (endNs - startNs) / 1e9);
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

    private void report(Demo demo, EchoStream stream, double seconds) throws Failure {
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
        String rates = String.format(
                Locale.ROOT,
                "%,.0f messages/s, %.1f MB/s each way; with %d in flight, p50 %.3f ms, p99 %.3f ms",
                perSecond,
                megabytesPerSecond,
                EchoStream.WINDOW,
                p50 / 1e3,
                p99 / 1e3);
        demo.report(this, counts + "\n" + rates)
                .put("messages", messages)
                .put("bytes_each", sizeBytes)
                .put("sent", result.sent())
                .put("received", result.received())
                .put("lost", result.lost())
                .put("duplicated", result.duplicated())
                .put("reordered", result.reordered())
                .put("damaged", result.damaged())
                .put("messages_per_second", perSecond)
                .put("megabytes_per_second", megabytesPerSecond)
                .put("p50_us", p50)
                .put("p99_us", p99)
                .put("seconds", seconds);
        if (!result.perfect()) {
            throw Failure.of("the stream was not perfect: " + counts + stream.problem());
        }
    }
}
