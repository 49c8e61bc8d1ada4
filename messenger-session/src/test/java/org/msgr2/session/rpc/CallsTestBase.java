package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.Service;
import org.msgr2.session.testing.FlakyTransport;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.TestNetwork;

/** A caller and a callee on a network, or one that calls itself. */
@Timeout(60)
abstract class CallsTestBase extends NetworkTestBase<TestNetwork> {
    static final String SERVICE = "test";

    static final Limits QUICK = Limits.defaults()
            .withTimeouts(Limits.defaults().timeouts().withBackoff(Duration.ofMillis(10), Duration.ofMillis(20)));

    static final UnaryOperator<Messenger.Builder> AS_IT_IS = UnaryOperator.identity();

    FlakyTransport cut;
    Messenger callee;
    Messenger caller;
    EntityAddr addr;
    Connection connection;

    /** Whether there is one messenger, and a connection to itself. */
    boolean toItself() {
        return false;
    }

    /** A service of that name with those methods. */
    static Service service(String name, CallHandler handler) {
        return new Service() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public CallHandler calls() {
                return handler;
            }
        };
    }

    ServiceClient open(CallHandler handler) {
        return open(handler, AS_IT_IS, AS_IT_IS);
    }

    /** A client of a service with these methods; its connections can be cut. */
    ServiceClient open(
            CallHandler handler, UnaryOperator<Messenger.Builder> atCallee, UnaryOperator<Messenger.Builder> atCaller) {
        Messenger.Builder builder =
                messenger("osd.1").service(service(SERVICE, handler)).limits(QUICK);
        callee = start(atCallee.apply(toItself() ? atCaller.apply(builder) : builder));
        addr = bind(callee);
        if (toItself()) {
            caller = callee;
        } else {
            cut = new FlakyTransport(network.transport(leaks.allocator()));
            caller = start(atCaller.apply(
                    network.messenger("client.1", leaks.allocator(), cut).limits(QUICK)));
        }
        connection = caller.connect(EntityType.OSD, addr);
        return caller.calls().service(SERVICE, connection);
    }

    /** The answer. */
    <T> T get(CompletableFuture<T> answer) {
        return network.get("an answer", answer);
    }

    /** Why there is none. */
    CallException failure(CompletableFuture<?> answer) {
        network.await("an end", answer::isDone);
        try {
            throw new AssertionError("answered: " + answer.join());
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(CallException.class);
            return (CallException) e.getCause();
        }
    }
}
