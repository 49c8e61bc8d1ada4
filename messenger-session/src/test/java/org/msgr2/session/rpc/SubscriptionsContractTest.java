package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.testing.FrameCuts;

/** Server push, on every network: nothing is lost, nothing comes twice. */
abstract class SubscriptionsContractTest extends CallsTestBase {
    private static final Method<String, String> WATCH =
            Method.subscription("watch", Codec.utf8(), Codec.utf8()).open();

    private final Journal journal = new Journal();
    private final Heard heard = new Heard();

    /** What has happened, numbered from 1; what is before {@link #oldest} is forgotten. */
    private static final class Journal {
        private final List<String> all = new ArrayList<>();
        private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
        private int oldest;

        void append(String item) {
            synchronized (this) {
                all.add(item);
            }
            watchers.forEach(Runnable::run);
        }

        synchronized void forgetAll() {
            oldest = all.size();
        }

        void watch(CallContext context, String request, Opaque token, ResponseStream<Push<String>> items) {
            int[] next = {
                token.isEmpty() ? 0 : Integer.parseInt(new String(token.toByteArray(), StandardCharsets.UTF_8))
            };
            boolean[] anew = {false};
            synchronized (this) {
                if (!token.isEmpty() && next[0] < oldest) {
                    next[0] = oldest;
                    anew[0] = true;
                }
            }
            Runnable pump = () -> {
                synchronized (this) {
                    while (items.isOpen() && next[0] < all.size()) {
                        Opaque at = Opaque.copyOf(("" + (next[0] + 1)).getBytes(StandardCharsets.UTF_8));
                        try {
                            if (!items.offer(new Push<>(all.get(next[0]), at, anew[0]))) {
                                return;
                            }
                        } catch (CallException e) {
                            return; // it has ended since we looked
                        }
                        anew[0] = false;
                        next[0]++;
                    }
                }
            };
            watchers.add(pump);
            context.onCancel(() -> watchers.remove(pump));
            items.onReady(pump);
        }
    }

    private static final class Heard implements Subscription.Listener<String> {
        private final List<String> items = new CopyOnWriteArrayList<>();
        private final List<String> anew = new CopyOnWriteArrayList<>();
        private final List<CallStatus> interruptions = new CopyOnWriteArrayList<>();
        private final List<String> ends = new CopyOnWriteArrayList<>();

        @Override
        public void onPush(Push<String> push) {
            items.add(push.item());
            if (push.anew()) {
                anew.add(push.item());
            }
        }

        @Override
        public void onInterrupted(CallException why) {
            interruptions.add(why.status());
        }

        @Override
        public void onEnd(@Nullable CallException why) {
            ends.add(why == null ? "well" : why.status().name());
        }
    }

    private CallHandler handler() {
        return CallHandler.builder().subscription(WATCH, journal::watch).build();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "" + i).toList();
    }

    private Subscription subscribe(ServiceClient client) {
        return client.subscribe(WATCH, "", Opaque.EMPTY, CallOptions.DEFAULT, heard);
    }

    /** A client that connects again when its connection is gone. */
    private ServiceClient comesBack() {
        open(handler());
        return caller.calls().service(SERVICE, Resolver.fixed(List.of(Target.of(EntityType.OSD, addr))), Pick.FIRST);
    }

    @Test
    void whatHappensIsHeardUntilTheSubscriptionIsClosed() {
        ServiceClient client = open(handler());
        Subscription subscription = subscribe(client);
        for (int i = 0; i < 500; i++) {
            journal.append("" + i);
        }
        network.await("heard", () -> heard.items.size() == 500);

        subscription.close();

        network.await("the end", () -> heard.ends.size() == 1);
        network.await("the callee knows", journal.watchers::isEmpty);
        assertThat(heard.ends).containsExactly("CANCELLED");
        assertThat(heard.items).isEqualTo(numbers(0, 500));
        assertThat(subscription.token()).isEqualTo(Opaque.copyOf("500".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aSubscriptionSurvivesResetsAndLosesAndRepeatsNothing() {
        assumeFalse(toItself());
        ServiceClient client = comesBack();
        Subscription subscription = subscribe(client);
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 25; i++) {
                journal.append("" + (round * 25 + i));
            }
            int until = round * 25 + round;
            network.await("heard", () -> heard.items.size() >= until);
            cut.cut();
        }
        network.await("heard", () -> heard.items.size() >= 500);
        network.settle();

        assertThat(heard.items).isEqualTo(numbers(0, 500));
        assertThat(heard.anew).isEmpty();
        assertThat(subscription.resumptions()).isPositive();
        assertThat(heard.interruptions).containsAnyOf(CallStatus.OUTCOME_UNKNOWN, CallStatus.NOT_SENT);
        subscription.close();
        network.await("the end", () -> heard.ends.size() == 1);
    }

    @Test
    void aSubscriptionGoesOnWhenItsConnectionIsMarkedDown() {
        assumeFalse(toItself());
        ServiceClient client = comesBack();
        Subscription subscription = subscribe(client);
        for (int round = 0; round < 3; round++) {
            journal.append("" + round);
            int until = round + 1;
            network.await("heard", () -> heard.items.size() == until);
            caller.connections().forEach(Connection::markDown); // no event tells of it
        }
        journal.append("3");
        network.await("heard", () -> heard.items.size() == 4);

        assertThat(heard.items).isEqualTo(numbers(0, 4));
        assertThat(subscription.resumptions()).isPositive();
        subscription.close();
        network.await("the end", () -> heard.ends.size() == 1);
    }

    @Test
    void aSubscriptionBeginsThoughTheFirstAttemptsToReachAPeerBreak() {
        assumeFalse(toItself());
        FrameCuts cuts = new FrameCuts(1);
        for (int attempt = 0; attempt < 3; attempt++) {
            cuts.order(true, 1, true); // in the handshake
        }
        open(
                handler(),
                callee -> callee.acceptPolicy(Policy.losslessPeer()),
                caller -> caller.dialPolicy(Policy.losslessPeer())
                        .transport(cuts.on(network.transport(leaks.allocator())))
                        .frameObserver(cuts));
        Resolver resolver = Resolver.fixed(List.of(Target.of(EntityType.OSD, addr)));
        Subscription subscription = subscribe(caller.calls().service(SERVICE, resolver, Pick.FIRST));
        journal.append("0");

        network.await("heard", () -> heard.items.size() == 1);

        assertThat(cuts.pending(true)).isZero();
        subscription.close();
        network.await("the end", () -> heard.ends.size() == 1);
    }

    @Test
    void aSubscriptionOfALosslessSessionIsNotInterruptedAtAll() {
        assumeFalse(toItself());
        ServiceClient client = open(
                handler(),
                callee -> callee.acceptPolicy(Policy.statefulServer()),
                caller -> caller.dialPolicy(Policy.losslessClient()));
        Subscription subscription = subscribe(client);
        for (int i = 0; i < 300; i++) {
            journal.append("" + i);
            if (i % 30 == 0) {
                network.settle();
                cut.cut();
            }
        }
        network.await("heard", () -> heard.items.size() == 300);

        assertThat(heard.items).isEqualTo(numbers(0, 300));
        assertThat(heard.interruptions).isEmpty();
        assertThat(subscription.resumptions()).isZero();
        subscription.close();
        network.await("the end", () -> heard.ends.size() == 1);
    }

    @Test
    void whoIsTooFarBehindIsToldToBeginAnew() {
        assumeFalse(toItself());
        ServiceClient client = comesBack();
        Subscription subscription = subscribe(client);
        journal.append("0");
        network.await("heard", () -> heard.items.size() == 1);
        cut.refuse(true);
        cut.cut();
        network.await("the callee knows", journal.watchers::isEmpty);
        for (int i = 1; i < 10; i++) {
            journal.append("" + i);
        }
        journal.forgetAll();
        cut.refuse(false);
        network.await("it is back", () -> !journal.watchers.isEmpty());
        journal.append("10");
        network.await("heard", () -> heard.items.size() == 2);

        assertThat(heard.items).containsExactly("0", "10");
        assertThat(heard.anew).containsExactly("10");
        subscription.close();
        network.await("the end", () -> heard.ends.size() == 1);
    }

    @Test
    void aFailureThatCallingAgainCannotCureEndsIt() {
        ServiceClient client = open(CallHandler.builder().build());

        Subscription subscription = subscribe(client);

        network.await("the end", () -> heard.ends.size() == 1);
        assertThat(heard.ends).containsExactly("UNKNOWN_METHOD");
        assertThat(heard.interruptions).isEmpty();
        assertThat(subscription.resumptions()).isZero();
    }

    @Test
    void aSubscriptionOverOneConnectionEndsWithIt() {
        ServiceClient client = open(handler());
        Subscription subscription = subscribe(client);
        journal.append("0");
        network.await("heard", () -> heard.items.size() == 1);

        connection.markDown();

        network.await("the end", () -> heard.ends.size() == 1);
        assertThat(heard.items).containsExactly("0");
        assertThat(subscription.token().length()).isEqualTo(1);
    }

    @Test
    void subscriptionsAreBounded() {
        ServiceClient client = open(
                handler(),
                AS_IT_IS,
                caller -> caller.limits(QUICK.withCalls(QUICK.calls().withSubscriptionsMax(1))));
        Subscription first = subscribe(client);
        Heard tooMany = new Heard();

        client.subscribe(WATCH, "", Opaque.EMPTY, CallOptions.DEFAULT, tooMany).close();

        network.await("refused", () -> tooMany.ends.size() == 1);
        assertThat(tooMany.ends).containsExactly("BACK_PRESSURED");
        first.close();
        network.await("the end", () -> heard.ends.size() == 1);
    }
}
