package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.ConnectionInfo;

/** A handshake and some keepalive round trips. */
final class PingStep implements DemoStep {
    private static final int ROUND_TRIPS = 200;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "ping";
    }

    @Override
    public void run(Demo demo) throws Failure, InterruptedException {
        EntityAddr addr = demo.node().addresses().get(0);
        Histogram nanos = new Histogram(3);
        try (Client client = Client.connect(demo.client(), EntityType.ANY, addr, TIMEOUT)) {
            for (int i = 0; i < ROUND_TRIPS; i++) {
                nanos.recordValue(
                        client.await(client.connection().ping(), "ping").toNanos());
            }
            ConnectionInfo info = client.info();
            double p50 = nanos.getValueAtPercentile(50) / 1e3;
            ObjectNode result = demo.report(
                    this,
                    String.format(
                            Locale.ROOT,
                            "%s, %s, mode %s, over %s: %d round trips, median %.3f ms\n%s",
                            info.revision(),
                            info.identity().method(),
                            info.mode(),
                            client.transportName(),
                            ROUND_TRIPS,
                            p50 / 1e3,
                            demo.node().security().aead()));
            result.put("revision", info.revision().toString())
                    .put("auth", info.identity().method().toString())
                    .put("mode", info.mode().toString())
                    .put("aead", demo.node().security().aead())
                    .put("transport", client.transportName())
                    .put("round_trips", ROUND_TRIPS)
                    .put("p50_us", p50);
        }
    }
}
