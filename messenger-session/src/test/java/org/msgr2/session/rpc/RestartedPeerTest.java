package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.testing.TestNetwork;

/** A callee that is restarted behind a session that goes on: with or without a policy that notices. */
class RestartedPeerTest extends CallsTestBase {
    private static final Method<String, String> HANG =
            Method.unary("hang", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> ECHO =
            Method.unary("echo", Codec.utf8(), Codec.utf8()).open();

    private final List<String> handled = new CopyOnWriteArrayList<>();

    private final CallHandler handler = CallHandler.builder()
            .async(HANG, (context, text) -> {
                handled.add(text);
                return new CompletableFuture<>();
            })
            .unary(ECHO, (context, text) -> text)
            .build();

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }

    static List<Policy> policies() {
        return List.of(Policy.losslessPeer(), Policy.losslessPeerReuse());
    }

    @ParameterizedTest
    @MethodSource("policies")
    void whatItDoesNotKnowAnyMoreEndsUnknown(Policy policy) {
        ServiceClient client = open(
                handler,
                callee -> callee.acceptPolicy(policy).dialPolicy(policy),
                caller -> caller.acceptPolicy(policy).dialPolicy(policy));
        CompletableFuture<String> answer = client.callAsync(HANG, "once");
        network.await("the handler has it", () -> handled.size() == 1);

        cut.refuse(true);
        cut.cut();
        network.close(callee);
        Messenger successor = start(messenger("osd.1")
                .service(service(SERVICE, handler))
                .limits(QUICK)
                .acceptPolicy(policy)
                .dialPolicy(policy));
        bind(successor, addr);
        cut.refuse(false);

        assertThat(failure(answer).status()).isEqualTo(CallStatus.OUTCOME_UNKNOWN);
        assertThat(get(client.callAsync(ECHO, "and now"))).isEqualTo("and now");
        assertThat(handled).as("never called again").containsExactly("once");
    }
}
