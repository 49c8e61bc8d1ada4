package org.msgr2.examples.bench.confd;

import java.io.IOException;
import java.time.Duration;

/** Waiting for a server. */
final class Startup {
    private static final Duration ANSWER_LIMIT = Duration.ofMillis(20);

    private Startup() {}

    /**
     * Returns when it answers a ping, which it does with an error as long as it has no configuration.
     *
     * @return how long that took, in seconds
     */
    static double await(ServerProcess server, LoadClient client, Duration limit) throws IOException {
        Request ping = Request.of("ping", 0, "null", "up");
        long start = System.nanoTime();
        while (!client.ask(ping, ANSWER_LIMIT).contains("\\\"status\\\":0")) {
            server.checkAlive();
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new IOException(server.name() + " does not answer within " + limit);
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
