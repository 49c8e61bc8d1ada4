package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.Access;
import org.msgr2.session.Policy;

/** Calls with one answer, on every network. */
abstract class CallsContractTest extends CallsTestBase {
    private static final Method<String, String> ECHO =
            Method.unary("echo", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> HANG =
            Method.unary("hang", Codec.utf8(), Codec.utf8()).open();
    private static final Method<ByteBuf, ByteBuf> BUFFERS =
            Method.unary("buffers", Codec.buffers(), Codec.buffers()).open();

    private static final Duration SHORT = Duration.ofMillis(300);

    private final List<CallContext> hanging = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> released = new CompletableFuture<>();

    /** Answers nothing until it is told to. */
    private CallHandler.Async<String, String> hang() {
        return (context, request) -> {
            CompletableFuture<String> answer = released.thenApply(text -> text + " " + request);
            hanging.add(context);
            return answer;
        };
    }

    private CallHandler.Builder handler() {
        return CallHandler.builder().unary(ECHO, (context, text) -> text + "!").async(HANG, hang());
    }

    private void awaitHanging(int count) {
        network.await("the handler has it", () -> hanging.size() == count);
    }

    @Test
    void answersComeBackToTheirCalls() {
        ServiceClient client = open(handler().build());

        List<CompletableFuture<String>> answers = IntStream.range(0, 200)
                .mapToObj(i -> client.callAsync(ECHO, "call " + i))
                .toList();

        for (int i = 0; i < answers.size(); i++) {
            assertThat(get(answers.get(i))).isEqualTo("call " + i + "!");
        }
    }

    @Test
    void payloadsTravelWithoutACopyAndComeBackWhole() {
        ServiceClient client = open(CallHandler.builder()
                .unary(BUFFERS, (context, buffer) -> buffer)
                .build());

        ByteBuf sent = random(300_000, 7);
        ByteBuf expected = sent.copy();
        ByteBuf answer = get(client.callAsync(BUFFERS, sent));

        assertThat(answer).isEqualTo(expected);
        expected.release();
        answer.release();
    }

    @Test
    void aCallbackHearsTheAnswerOrTheFailure() {
        ServiceClient client = open(handler().build());
        List<String> heard = new CopyOnWriteArrayList<>();
        CallCallback<String> callback = new CallCallback<>() {
            @Override
            public void answered(String answer) {
                heard.add(answer);
            }

            @Override
            public void failed(CallException why) {
                heard.add(why.status().name());
            }
        };

        client.call(ECHO, "a", CallOptions.DEFAULT, callback);
        network.await("answered", () -> heard.size() == 1);
        client.call(HANG, "b", CallOptions.within(SHORT), callback);
        network.await("failed", () -> heard.size() == 2);

        assertThat(heard).containsExactly("a!", "DEADLINE_EXCEEDED");
    }

    private void assumeThreads() {
        assumeTrue(network.hasThreads(), "virtual time does not wait for a thread");
    }

    @Test
    void aBlockingCallReturnsTheAnswer() {
        assumeThreads();
        ServiceClient client = open(handler().build());
        AtomicReference<Object> heard = new AtomicReference<>();
        Thread blocked = new Thread(() -> {
            try {
                heard.set(client.call(ECHO, "blocking"));
            } catch (InterruptedException e) {
                heard.set(e);
            }
        });
        blocked.start();

        network.await("answered", () -> heard.get() != null);

        assertThat(heard.get()).isEqualTo("blocking!");
    }

    // --- Deadlines and cancellation

    @Test
    void theDeadlineEndsACallAtBothEnds() {
        ServiceClient client = open(handler().build());
        get(client.callAsync(ECHO, "ready"));

        CallException failure = failure(client.callAsync(HANG, "", CallOptions.within(SHORT)));

        assertThat(failure.status()).isEqualTo(CallStatus.DEADLINE_EXCEEDED);
        assertThat(failure.neverSent()).isFalse();
        network.await(
                "the callee knows", () -> !hanging.isEmpty() && hanging.get(0).isCancelled());
    }

    @Test
    void theCalleeKnowsHowMuchTimeIsLeft() {
        List<Duration> left = new CopyOnWriteArrayList<>();
        ServiceClient client = open(CallHandler.builder()
                .unary(ECHO, (context, text) -> {
                    left.add(context.remaining());
                    return text;
                })
                .build());

        get(client.callAsync(ECHO, "", CallOptions.within(Duration.ofSeconds(10))));

        assertThat(left.get(0)).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aCallThatNeverLeftSaysSoWhenItsTimeIsOver() {
        assumeFalse(toItself());
        open(handler().build());
        ServiceClient nobody = caller.calls().service(SERVICE, caller.connect(EntityType.ANY, freeAddr()));

        CallException failure = failure(nobody.callAsync(ECHO, "", CallOptions.within(SHORT)));

        assertThat(failure.status()).isEqualTo(CallStatus.DEADLINE_EXCEEDED);
        assertThat(failure.neverSent()).isTrue();
    }

    @Test
    void cancellingTheFutureCancelsTheCall() {
        ServiceClient client = open(handler().build());
        AtomicBoolean told = new AtomicBoolean();
        CompletableFuture<String> answer = client.callAsync(HANG, "");
        awaitHanging(1);
        hanging.get(0).onCancel(() -> told.set(true));

        answer.cancel(false);

        network.await("the handler is told", told::get);
        assertThat(hanging.get(0).isCancelled()).isTrue();
    }

    @Test
    void anInterruptedCallIsCancelled() {
        assumeThreads();
        ServiceClient client = open(handler().build());
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread blocked = new Thread(() -> {
            try {
                client.call(HANG, "");
            } catch (InterruptedException e) {
                interrupted.set(true);
            }
        });
        blocked.start();
        awaitHanging(1);

        blocked.interrupt();

        network.await("the callee knows", () -> hanging.get(0).isCancelled() && interrupted.get());
    }

    // --- Failures

    @Test
    void theApplicationsFailureReachesTheCallerAndABrokenHandlerSaysNothing() {
        Method<String, String> broken =
                Method.unary("broken", Codec.utf8(), Codec.utf8()).open();
        ServiceClient client = open(CallHandler.builder()
                .unary(ECHO, (context, text) -> {
                    throw CallException.failed(17, "no such thing: " + text);
                })
                .unary(broken, (context, text) -> {
                    throw new IllegalStateException("a secret");
                })
                .build());

        CallException failed = failure(client.callAsync(ECHO, "x"));
        CallException internal = failure(client.callAsync(broken, "x"));

        assertThat(failed.status()).isEqualTo(CallStatus.FAILED);
        assertThat(failed.code()).isEqualTo(17);
        assertThat(failed.text()).isEqualTo("no such thing: x");
        assertThat(internal.status()).isEqualTo(CallStatus.INTERNAL);
        assertThat(internal.text()).isEmpty();
    }

    @Test
    void whatNobodyHasIsNamed() {
        ServiceClient client = open(handler().build());

        CallException service =
                failure(caller.calls().service("nobody", connection).callAsync(ECHO, ""));
        CallException method = failure(client.callAsync(Method.unary("what", Codec.utf8(), Codec.utf8()), ""));

        assertThat(service.status()).isEqualTo(CallStatus.UNKNOWN_SERVICE);
        assertThat(service.text()).contains("'nobody'");
        assertThat(method.status()).isEqualTo(CallStatus.UNKNOWN_METHOD);
        assertThat(method.text()).contains("'test'").contains("'what'");
        assertThat(method.neverSent()).isTrue();
    }

    @Test
    void whoLacksACapabilityIsToldWhich() {
        assumeFalse(toItself(), "the process itself may do everything");
        Method<String, String> guarded = ECHO.requires(Access.WRITE);
        ServiceClient client =
                open(CallHandler.builder().unary(guarded, (c, text) -> text).build());

        CallException failure = failure(client.callAsync(guarded, ""));

        assertThat(failure.status()).isEqualTo(CallStatus.PERMISSION_DENIED);
        assertThat(failure.text())
                .isEqualTo("client.1, who has not authenticated, lacks the capability test='allow w' for 'echo'");
    }

    @Test
    void whatCannotBeReadIsInvalid() {
        Codec<String> picky = new Codec<>() {
            @Override
            public ByteBuf encode(String value, ByteBufAllocator allocator) {
                return Codec.utf8().encode(value, allocator);
            }

            @Override
            public String decode(ByteBuf payload) throws IOException {
                throw new IOException("never");
            }
        };
        Method<String, String> unreadable =
                Method.unary("unreadable", picky, Codec.utf8()).open();
        Method<String, String> unreadableAnswer = Method.unary("echo", Codec.utf8(), picky);
        ServiceClient client =
                open(handler().unary(unreadable, (c, text) -> text).build());

        assertThat(failure(client.callAsync(unreadable, "")).status()).isEqualTo(CallStatus.INVALID);
        assertThat(failure(client.callAsync(unreadableAnswer, "")).status()).isEqualTo(CallStatus.INVALID);
    }

    @Test
    void whatIsTooLargeIsRefusedByWhoeverNoticesFirst() {
        Limits small = QUICK.withCalls(QUICK.calls().withPayloadBytesMax(1000));
        Method<byte[], byte[]> grow =
                Method.unary("grow", Codec.bytes(), Codec.bytes()).open();
        CallHandler handler = CallHandler.builder()
                .unary(grow, (context, bytes) -> new byte[bytes.length * 2])
                .build();
        ServiceClient client = open(handler, callee -> callee.limits(small), AS_IT_IS);

        assertThat(get(client.callAsync(grow, new byte[500]))).hasSize(1000);
        assertThat(failure(client.callAsync(grow, new byte[501])).text()).contains("the answer has 1002 bytes");
        CallException request = failure(client.callAsync(grow, new byte[1001]));
        assertThat(request.status()).isEqualTo(CallStatus.TOO_LARGE);
        assertThat(request.text()).contains("1001 bytes");
    }

    // --- Back-pressure

    @Test
    void tooManyCallsAreRefusedBeforeAnythingIsSent() {
        ServiceClient client = open(
                handler().build(),
                AS_IT_IS,
                caller -> caller.limits(QUICK.withCalls(QUICK.calls().withCallsMax(3))));
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(client.callAsync(HANG, "" + i));
        }
        awaitHanging(3);

        CallException failure = failure(client.callAsync(ECHO, "one too many"));
        released.complete("at last");

        assertThat(failure.status()).isEqualTo(CallStatus.BACK_PRESSURED);
        assertThat(failure.neverSent()).isTrue();
        answers.forEach(answer -> assertThat(get(answer)).startsWith("at last"));
        assertThat(get(client.callAsync(ECHO, "now"))).isEqualTo("now!");
    }

    @Test
    void aCalleeWithTooManyCallsSaysSo() {
        assumeFalse(toItself(), "both ends have the same bound");
        ServiceClient client = open(
                handler().build(),
                callee -> callee.limits(QUICK.withCalls(QUICK.calls().withCallsMax(3))),
                AS_IT_IS);
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(client.callAsync(HANG, "" + i));
        }
        awaitHanging(3);

        CallException failure = failure(client.callAsync(ECHO, "one too many"));

        assertThat(failure.status()).isEqualTo(CallStatus.OVERLOADED);
        assertThat(failure.neverSent()).isTrue();
        assertThat(answers).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void aFullQueueIsFeltByTheCaller() {
        assumeFalse(toItself());
        open(
                handler().build(),
                AS_IT_IS,
                caller -> caller.limits(QUICK.withQueues(QUICK.queues().withSend(2, 1 << 20))));
        ServiceClient nobody = caller.calls().service(SERVICE, caller.connect(EntityType.ANY, freeAddr()));
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            waiting.add(nobody.callAsync(ECHO, "", CallOptions.within(Duration.ofSeconds(5))));
        }

        CallException failure = failure(nobody.callAsync(ECHO, ""));

        assertThat(failure.status()).isEqualTo(CallStatus.BACK_PRESSURED);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        waiting.forEach(call -> call.cancel(false));
    }

    // --- What becomes of the session

    @Test
    void aCallInProgressEndsUnknownWhenItsConnectionIsReset() {
        assumeFalse(toItself());
        ServiceClient client = open(handler().build());
        CompletableFuture<String> answer = client.callAsync(HANG, "");
        awaitHanging(1);

        cut.cut();

        CallException failure = failure(answer);
        assertThat(failure.status()).isEqualTo(CallStatus.OUTCOME_UNKNOWN);
        assertThat(failure.neverSent()).isFalse();
        network.await("the callee knows", () -> hanging.get(0).isCancelled());
        assertThat(failure(client.callAsync(ECHO, "behind")).status()).isEqualTo(CallStatus.NOT_SENT);
    }

    @Test
    void aCallInProgressEndsUnknownWhenItsConnectionIsMarkedDown() {
        ServiceClient client = open(handler().build());
        CompletableFuture<String> answer = client.callAsync(HANG, "");
        awaitHanging(1);

        connection.markDown();

        assertThat(failure(answer).status()).isEqualTo(CallStatus.OUTCOME_UNKNOWN);
    }

    @Test
    void whatNeverLeftIsNotSentWhenItsConnectionEnds() {
        assumeFalse(toItself());
        open(handler().build());
        var nowhere = caller.connect(EntityType.ANY, freeAddr());
        CompletableFuture<String> answer =
                caller.calls().service(SERVICE, nowhere).callAsync(ECHO, "");
        network.settle();

        nowhere.markDown();

        CallException failure = failure(answer);
        assertThat(failure.status()).isEqualTo(CallStatus.NOT_SENT);
        assertThat(failure.neverSent()).isTrue();
    }

    @Test
    void callsSurviveTheConnectionsOfALosslessSession() {
        assumeFalse(toItself());
        ServiceClient client = open(
                handler().build(),
                callee -> callee.acceptPolicy(Policy.statefulServer()),
                caller -> caller.dialPolicy(Policy.losslessClient()));
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            answers.add(client.callAsync(HANG, "" + round));
            awaitHanging(round + 1);
            cut.cut();
        }

        released.complete("done");

        for (int i = 0; i < answers.size(); i++) {
            assertThat(get(answers.get(i))).isEqualTo("done " + i);
        }
        assertThat(hanging).as("each was handled once").hasSize(10);
    }

    @Test
    void closingTheMessengerEndsItsCalls() {
        ServiceClient client = open(handler().build());
        CompletableFuture<String> answer = client.callAsync(HANG, "");
        awaitHanging(1);

        network.close(caller);

        assertThat(failure(answer).status()).isEqualTo(CallStatus.OUTCOME_UNKNOWN);
        assertThat(failure(client.callAsync(ECHO, "late")).status()).isEqualTo(CallStatus.NOT_SENT);
    }

    // --- Interceptors

    @Test
    void interceptorsSeeCallsAtBothEndsAndMayChangeOrRefuseThem() {
        List<String> seen = new CopyOnWriteArrayList<>();
        CalleeInterceptor atCallee = new CalleeInterceptor() {
            @Override
            public void starting(CallContext context) {
                seen.add("callee " + context.metadata());
                if (context.metadata().containsKey("refuse")) {
                    throw new CallException(CallStatus.PERMISSION_DENIED, "not you");
                }
                context.attribute("greeting", "hello ");
            }

            @Override
            public void ended(CallContext context, CallException failure) {
                seen.add("callee ended " + (failure == null ? "well" : failure.status()));
            }
        };
        CallerInterceptor atCaller = new CallerInterceptor() {
            @Override
            public CallOptions starting(String service, Method<?, ?> method, CallOptions options) {
                return options.withMetadata("trace", "1");
            }

            @Override
            public void ended(String service, Method<?, ?> method, CallOptions options, CallException failure) {
                seen.add("caller ended " + (failure == null ? "well" : failure.status()));
            }
        };
        ServiceClient client = open(
                CallHandler.builder()
                        .unary(ECHO, (context, text) -> context.attribute("greeting") + text)
                        .build(),
                callee -> callee.calleeInterceptor(atCallee),
                caller -> caller.callerInterceptor(atCaller));

        assertThat(get(client.callAsync(ECHO, "world"))).isEqualTo("hello world");
        network.await("both have heard the end", () -> seen.size() == 3);
        assertThat(seen).contains("callee {trace=1}", "callee ended well", "caller ended well");
        assertThat(failure(client.callAsync(ECHO, "", CallOptions.DEFAULT.withMetadata("refuse", "me")))
                        .status())
                .isEqualTo(CallStatus.PERMISSION_DENIED);
        network.await("both have heard the end", () -> seen.size() == 6);

        CallerInterceptor refusing = new CallerInterceptor() {
            @Override
            public CallOptions starting(String service, Method<?, ?> method, CallOptions options) {
                throw CallException.failed(1, "not from here");
            }
        };
        CallException refused = failure(client.intercept(refusing).callAsync(ECHO, ""));
        assertThat(refused.text()).isEqualTo("not from here");
        assertThat(refused.neverSent()).isTrue();
        assertThat(Map.of("ends", seen.size())).isEqualTo(Map.of("ends", 7));
    }
}
