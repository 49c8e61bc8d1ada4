package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.Service;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

/** Where the handlers of a service run. */
class FastServiceCallsTest extends CallsTestBase {
    private static final Method<String, String> WHERE =
            Method.unary("where", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> STREAM =
            Method.serverStream("stream", Codec.utf8(), Codec.utf8()).open();

    private final AtomicReference<String> callback = new AtomicReference<>();

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.NIO, 1);
    }

    private String where() {
        return callee.loop().inLoop() ? "loop" : Thread.currentThread().getName();
    }

    private Service service(boolean fast) {
        CallHandler handler = CallHandler.builder()
                .unary(WHERE, (context, text) -> where())
                .serverStream(STREAM, (context, text, items) -> {
                    items.offer(where());
                    items.onReady(() -> {
                        callback.set(where());
                        items.end();
                    });
                })
                .build();
        return new Service() {
            @Override
            public String name() {
                return SERVICE;
            }

            @Override
            public boolean fast() {
                return fast;
            }

            @Override
            public CallHandler calls() {
                return handler;
            }
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runOnTheLoopIfItIsFastAndOnItsWorkersIfNot(boolean fast) {
        callee = start(messenger("osd.1").service(service(fast)));
        addr = bind(callee);
        caller = start(messenger("client.1"));
        ServiceClient client = caller.calls().service(SERVICE, caller.connect(EntityType.OSD, addr));

        String handler = get(client.callAsync(WHERE, ""));
        StreamCall<String, String> stream = client.open(STREAM, "", CallOptions.DEFAULT);
        get(stream.ended());

        assertThat(handler).isEqualTo(fast ? "loop" : "msgr2-test");
        assertThat(stream.responses().poll()).isEqualTo(handler);
        assertThat(callback).hasValue(fast ? "msgr2-worker" : "msgr2-test");
        assertThat(callee.serviceStats().get(SERVICE).queued()).isZero();
    }
}
