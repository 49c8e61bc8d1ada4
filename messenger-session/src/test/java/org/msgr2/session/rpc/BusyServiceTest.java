package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.ServiceOptions;
import org.msgr2.session.testing.HeldExecutor;
import org.msgr2.session.testing.TestNetwork;

/** A service whose share of the messenger is used up by calls that it has not handled. */
class BusyServiceTest extends CallsTestBase {
    private static final Method<byte[], String> COUNT =
            Method.unary("count", Codec.bytes(), Codec.utf8()).open();

    private static final CallHandler HANDLER = CallHandler.builder()
            .unary(COUNT, (context, bytes) -> bytes.length + " bytes")
            .build();

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }

    private final List<CompletableFuture<String>> taken = new ArrayList<>();
    private HeldExecutor workers;

    /** Its workers do nothing until they are let go. */
    private ServiceClient busy(long bytesMax, int messagesMax) {
        workers = new HeldExecutor(network.workers());
        callee = start(messenger("osd.1")
                .limits(QUICK)
                .workerPool(workers)
                .service(service(SERVICE, HANDLER), ServiceOptions.defaults().withShare(bytesMax, messagesMax)));
        addr = bind(callee);
        caller = start(messenger("client.1").limits(QUICK));
        connection = caller.connect(EntityType.OSD, addr);
        return caller.calls().service(SERVICE, connection);
    }

    private void fill(ServiceClient client, int calls, int bytes) {
        for (int i = 0; i < calls; i++) {
            taken.add(client.callAsync(COUNT, new byte[bytes]));
        }
        network.await("they wait", () -> callee.serviceStats().get(SERVICE).queued() == calls);
    }

    private void letGo(String answer) {
        workers.release();
        taken.forEach(call -> assertThat(get(call)).isEqualTo(answer));
    }

    @Test
    void aCallMoreThanItMayHoldIsRefusedWithTheServiceAndTheLimit() {
        ServiceClient client = busy(1 << 20, 3);
        fill(client, 3, 10);

        CallException failure = failure(client.callAsync(COUNT, new byte[10]));

        assertThat(failure.status()).isEqualTo(CallStatus.OVERLOADED);
        assertThat(failure.text())
                .isEqualTo(
                        "service 'test' has too much to do: 3 messages and calls are not handled yet, at most 3 may be");
        assertThat(failure.neverSent()).isTrue();
        assertThat(callee.serviceStats().get(SERVICE).overloaded()).isEqualTo(1);
        letGo("10 bytes");
        assertThat(get(client.callAsync(COUNT, new byte[1]))).isEqualTo("1 bytes");
    }

    @Test
    void aCallOfMoreBytesThanItMayHoldIsRefusedWithTheServiceAndTheLimit() {
        ServiceClient client = busy(1000, 100);
        fill(client, 1, 900);

        CallException failure = failure(client.callAsync(COUNT, new byte[101]));

        assertThat(failure.status()).isEqualTo(CallStatus.OVERLOADED);
        assertThat(failure.text())
                .isEqualTo(
                        "service 'test' has too much to do: 900 bytes are not handled yet, and 101 more exceed 1000");
        letGo("900 bytes");
    }
}
