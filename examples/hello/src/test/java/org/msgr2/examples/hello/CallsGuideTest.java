package org.msgr2.examples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.Access;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.Service;
import org.msgr2.session.inproc.InProcNetwork;
import org.msgr2.session.inproc.InProcTransport;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.CalleeInterceptor;
import org.msgr2.session.rpc.CallerInterceptor;
import org.msgr2.session.rpc.Codec;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.Pick;
import org.msgr2.session.rpc.Push;
import org.msgr2.session.rpc.Resolver;
import org.msgr2.session.rpc.ResponseStream;
import org.msgr2.session.rpc.ServiceClient;
import org.msgr2.session.rpc.Subscription;
import org.msgr2.session.rpc.Target;

/** The programs of docs/guide/calls.md, which quotes them; {@link PagesTest} compares. */
@Timeout(60)
class CallsGuideTest {

    static final class Names implements Service {
        static final Method<String, String> LOOKUP =
                Method.unary("lookup", Codec.utf8(), Codec.utf8()).open(); // anybody may call it
        static final Method<String, String> RENAME =
                Method.unary("rename", Codec.utf8(), Codec.utf8()).requires(Access.WRITE); // names='allow w'
        static final Method<String, String> CHANGES =
                Method.subscription("changes", Codec.utf8(), Codec.utf8()).open();

        private final List<String> log = new CopyOnWriteArrayList<>();
        private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

        @Override
        public String name() {
            return "names";
        }

        @Override
        public CallHandler calls() {
            return CallHandler.builder()
                    .unary(LOOKUP, this::lookup)
                    .unary(RENAME, this::rename)
                    .subscription(CHANGES, this::changes)
                    .build();
        }

        private String lookup(CallContext context, String key) {
            if (!key.equals("a")) {
                throw CallException.failed(2, "no name for " + key); // code and text reach the caller
            }
            return "Ada";
        }

        private String rename(CallContext context, String change) {
            log.add(change);
            watchers.forEach(Runnable::run);
            return "done";
        }

        private void changes(CallContext context, String request, Opaque token, ResponseStream<Push<String>> items) {
            int[] next = {token.isEmpty() ? 0 : number(token)}; // go on behind what was heard
            Runnable pump = () -> {
                synchronized (next) {
                    while (items.isOpen() && next[0] < log.size()) {
                        if (!items.offer(Push.of(log.get(next[0]), token(next[0] + 1)))) {
                            return; // the caller reads slowly: onReady runs when there is room
                        }
                        next[0]++;
                    }
                }
            };
            watchers.add(pump);
            context.onCancel(() -> watchers.remove(pump));
            items.onReady(pump);
        }
    }

    private static Opaque token(int number) {
        return Opaque.copyOf(Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    private static int number(Opaque token) {
        return Integer.parseInt(new String(token.toByteArray(), StandardCharsets.US_ASCII));
    }

    private static Messenger.Builder messenger(String name, InProcTransport transport) {
        return Messenger.builder(name).transport(transport);
    }

    @Test
    void callsInThreeWays() throws Exception {
        try (InProcTransport transport = new InProcTransport(new InProcNetwork(), 1, ByteBufAllocator.DEFAULT);
                Messenger node =
                        messenger("osd.1", transport).service(new Names()).build();
                Messenger client = messenger("client.me", transport).build()) {
            EntityAddr addr = node.bind(EntityAddr.parse("v2:127.0.0.1:0"));

            Connection connection = client.connect(EntityType.OSD, addr);
            ServiceClient names = client.calls().service("names", connection);
            String name = names.call(Names.LOOKUP, "a", CallOptions.within(Duration.ofSeconds(2)));
            CompletableFuture<String> later = names.callAsync(Names.LOOKUP, "a");

            assertThat(name).isEqualTo(later.get(10, TimeUnit.SECONDS)).isEqualTo("Ada");
            assertThat(explain(names, "b")).isEqualTo("2: no name for b");
            assertThat(explain(client.calls().service("nobody", connection), "a"))
                    .contains("UNKNOWN_SERVICE");
        }
    }

    private static String explain(ServiceClient names, String key) throws InterruptedException {
        try {
            return names.call(Names.LOOKUP, key);
        } catch (CallException e) {
            return switch (e.status()) {
                case FAILED -> e.code() + ": " + e.text(); // what the handler said
                case OUTCOME_UNKNOWN -> "perhaps"; // ask again only if twice does no harm
                default ->
                    e.neverSent()
                            ? "nothing has happened: " + e.status()
                            : e.status().name();
            };
        }
    }

    @Test
    void subscribesAtWhicheverPeerThereIs() throws Exception {
        try (InProcTransport transport = new InProcTransport(new InProcNetwork(), 1, ByteBufAllocator.DEFAULT);
                Messenger node =
                        messenger("osd.1", transport).service(new Names()).build();
                Messenger client = messenger("client.me", transport).build()) {
            EntityAddr addr = node.bind(EntityAddr.parse("v2:127.0.0.1:0"));
            ServiceClient itself = node.calls().service("names", node.connect(EntityType.OSD, addr));
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();

            Resolver resolver = Resolver.fixed(List.of(Target.of(EntityType.OSD, addr)));
            ServiceClient names = client.calls().service("names", resolver, Pick.FIRST);
            Subscription subscription = names.subscribe(
                    Names.CHANGES, "", Opaque.EMPTY, CallOptions.DEFAULT, push -> heard.add(push.item()));
            assertThat(itself.call(Names.RENAME, "a: Ada")).isEqualTo("done");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("a: Ada");

            client.markDownAll(); // the session is gone; the subscription is not
            assertThat(itself.call(Names.RENAME, "b: Bob")).isEqualTo("done");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("b: Bob");
            subscription.close();
        }
    }

    static final class Tracing implements CallerInterceptor {
        @Override
        public CallOptions starting(String service, Method<?, ?> method, CallOptions options) {
            return options.withMetadata("trace", "4711"); // the callee's CallContext.metadata() has it
        }
    }

    @Test
    void anInterceptorSeesEveryCall() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        CalleeInterceptor atCallee = new CalleeInterceptor() {
            @Override
            public void starting(CallContext context) {
                seen.add(context.method() + " " + context.metadata());
            }
        };
        try (InProcTransport transport = new InProcTransport(new InProcNetwork(), 1, ByteBufAllocator.DEFAULT);
                Messenger node = messenger("osd.1", transport)
                        .service(new Names())
                        .calleeInterceptor(atCallee)
                        .build();
                Messenger client = messenger("client.me", transport)
                        .callerInterceptor(new Tracing())
                        .build()) {
            EntityAddr addr = node.bind(EntityAddr.parse("v2:127.0.0.1:0"));
            ServiceClient names = client.calls().service("names", client.connect(EntityType.OSD, addr));

            assertThat(names.call(Names.LOOKUP, "a")).isEqualTo("Ada");
            assertThat(seen).containsExactly("lookup {trace=4711}");
        }
    }
}
