package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.ServiceOptions;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.TestNetwork;

/** Calls that wait for a service when it is closed: their payloads come back, though nobody handles them. */
class AbandonedCallsTest extends CallsTestBase {
    private static final int CALLS = 20;

    private static final Method<byte[], String> STALL =
            Method.unary("stall", Codec.bytes(), Codec.utf8()).open();

    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();

    private final CallHandler handler = CallHandler.builder()
            .unary(STALL, (context, bytes) -> {
                begun.incrementAndGet();
                never.await();
                return "";
            })
            .build();

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }

    private static Limits impatient() {
        Limits.Timeouts timeouts = QUICK.timeouts();
        return QUICK.withTimeouts(new Limits.Timeouts(
                timeouts.ready(),
                timeouts.idle(),
                timeouts.keepalive(),
                timeouts.backoffInitial(),
                timeouts.backoffMax(),
                timeouts.standby(),
                Duration.ofMillis(100)));
    }

    @Test
    void theirPayloadsAreReleasedAndNoHandlerSeesThem() {
        callee = start(messenger("osd.1")
                .limits(impatient())
                .service(service(SERVICE, handler), ServiceOptions.defaults().withWorkers(1)));
        addr = bind(callee);
        caller = start(messenger("client.1").limits(impatient()));
        ServiceClient client = caller.calls().service(SERVICE, caller.connect(EntityType.OSD, addr));
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            answers.add(client.callAsync(STALL, new byte[10_000]));
        }
        network.await(
                "they wait",
                () -> begun.get() == 1 && callee.serviceStats().get(SERVICE).queued() == CALLS);

        try (LogCapture log = LogCapture.of("org.msgr2.session")) {
            network.close(callee);
            assertThat(log.lines()).anyMatch(line -> line.contains("closing without it"));
        }

        answers.forEach(answer -> assertThat(failure(answer).status()).isEqualTo(CallStatus.OUTCOME_UNKNOWN));
        assertThat(begun).hasValue(1);
        network.close(caller);
        network.await("every payload is back", () -> leaks.heldBytes() == 0);
    }
}
