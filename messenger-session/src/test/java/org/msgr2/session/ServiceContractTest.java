package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.crypto.auth.Access;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.DatagramHandle;

/** What a messenger does for a service, on every network; where threads matter see {@link ServiceIsolationContractTest}. */
public abstract class ServiceContractTest extends NetworkTestBase<TestNetwork> {
    private static final int TYPE = 0x7d21;
    private static final int THROWS = 0x7d22;
    private static final int GUARDED = 0x7d23;

    /** Notes what it is told, in order. */
    private static class Noting implements Service {
        final List<String> log = new CopyOnWriteArrayList<>();
        final CompletableFuture<Void> drained = CompletableFuture.completedFuture(null);
        volatile @Nullable ServiceContext context;

        @Override
        public String name() {
            return "noting";
        }

        @Override
        public Set<Integer> messageTypes() {
            return Set.of(TYPE, THROWS, GUARDED);
        }

        @Override
        public @Nullable Access requires(int messageType) {
            return messageType == GUARDED ? Access.WRITE : null;
        }

        @Override
        public void start(ServiceContext given) throws IOException {
            context = given;
        }

        @Override
        public CompletionStage<Void> drain() {
            log.add("drain");
            return drained;
        }

        @Override
        public void stop() {
            log.add("stop");
        }

        @Override
        public void handle(Connection connection, Message message) {
            log.add("message " + message.tid());
            if (message.type() == THROWS) {
                throw new IllegalStateException("on purpose");
            }
        }

        @Override
        public void onEvent(Connection connection, SessionEvent event) {
            log.add(event.getClass().getSimpleName());
        }
    }

    private final Noting service = new Noting();

    private Connection connect(EntityAddr addr) {
        Connection connection = start(messenger("client.7")).connect(EntityType.OSD, addr);
        network.get("it is ready", connection.ready());
        return connection;
    }

    @Test
    void whatItThrowsIsCountedAndLoggedAndTheConnectionGoesOn() {
        Messenger server = start(messenger("osd.3").service(service));
        Connection connection = connect(bind(server));
        try (LogCapture log = LogCapture.of("org.msgr2.session.dispatch")) {
            for (int i = 1; i <= 30; i++) {
                connection.send(message(THROWS, i));
            }
            connection.send(message(TYPE, 31));
            network.await("all are handled", () -> service.log.contains("message 31"));
            assertThat(log.lines())
                    .as("not one line for each")
                    .hasSize(10)
                    .allMatch(line -> line.startsWith("service noting failed with type " + THROWS + " from "));
        }
        network.await(
                "they are counted",
                () -> stats(server).handled() == 1 && stats(server).queued() == 0);
        assertThat(stats(server)).isEqualTo(new ServiceStats(1, 30, 0, 0, 0, 0));
    }

    private static ServiceStats stats(Messenger server) {
        return server.serviceStats().get("noting");
    }

    @Test
    void aMessageThatThePeerMayNotSendIsDroppedAndTheLogSaysWhatIsMissing() {
        Messenger server = start(messenger("osd.3").service(service));
        Connection connection = connect(bind(server));
        try (LogCapture log = LogCapture.of("org.msgr2.session.dispatch")) {
            connection.send(message(GUARDED, 1));
            connection.send(message(TYPE, 2));
            network.await("the other is handled", () -> service.log.contains("message 2"));
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("client.7 at ", "must not send type " + GUARDED, "noting='allow w'");
        }
        assertThat(service.log).doesNotContain("message 1");
        assertThat(stats(server).refused()).isEqualTo(1);
    }

    @Test
    void theProcessItselfMaySendEverything() {
        Messenger server = start(messenger("osd.3").service(service));
        Connection ourselves = server.connect(EntityType.OSD, bind(server));
        ourselves.send(message(GUARDED, 1));
        ourselves.send(message(TYPE, 2));
        network.await("both are handled", () -> service.log.contains("message 2"));
        assertThat(service.log).containsExactly("message 1", "message 2");
    }

    @Test
    void eventsComeInOrderWithItsMessages() {
        Messenger server = start(messenger("osd.3").service(service));
        Connection connection = connect(bind(server));
        for (int i = 1; i <= 3; i++) {
            connection.send(message(TYPE, i));
        }
        network.await("all are handled", () -> service.log.size() == 3);
        connection.markDown();
        network.await("the service hears of the end", () -> service.log.size() == 4);
        assertThat(service.log).containsExactly("message 1", "message 2", "message 3", "Reset");
    }

    @Test
    void aConnectionThatOnlyTalksToOthersIsNoneOfItsBusiness() {
        Messenger server = start(messenger("osd.3").service(service));
        Connection connection = connect(bind(server));
        connection.send(message(0x7d30, 1));
        network.await("nobody wants it", () -> server.stats().messagesUnclaimed() == 1);
        connection.markDown();
        network.await("it is gone", () -> server.connections().isEmpty());
        network.settle();
        assertThat(service.log).isEmpty();
    }

    @Test
    void drainsAndThenStops() {
        Messenger server = start(messenger("osd.3").service(service));
        Connection connection = connect(bind(server));
        connection.send(message(TYPE, 1));
        network.await("it is handled", () -> service.log.size() == 1);
        DrainReport report = network.get("it drains", server.drain(Duration.ofSeconds(5)));
        assertThat(report.complete()).isTrue();
        assertThat(report.drained()).containsExactly("noting");
        connection.send(message(TYPE, 2));
        network.await("what a session brings is still handled", () -> service.log.contains("message 2"));
        network.close(server);
        assertThat(service.log).startsWith("message 1", "drain", "message 2").endsWith("stop");
    }

    @Test
    void noSessionBeginsWhileItDrains() {
        Messenger server = start(messenger("osd.3").service(service));
        EntityAddr addr = bind(server);
        network.get("it drains", server.drain(Duration.ofSeconds(5)));
        Connection late = start(messenger("client.8")).connect(EntityType.OSD, addr);
        network.settle();
        assertThat(late.info()).isNull();
        late.markDown();
    }

    @Test
    void reportsWhichServiceDoesNotDrainAndWhy() {
        Noting never = new Noting() {
            @Override
            public CompletionStage<Void> drain() {
                return new CompletableFuture<>();
            }
        };
        Service failing = new Service() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public CompletionStage<Void> drain() {
                throw new IllegalStateException("on purpose");
            }
        };
        Messenger server = start(messenger("osd.3")
                .service(never, ServiceOptions.defaults().withDrainDeadline(Duration.ofMillis(50)))
                .service(failing));
        DrainReport report = network.get("the deadline is over", server.drain(Duration.ofSeconds(5)));
        assertThat(report.complete()).isFalse();
        assertThat(report.unfinished()).containsOnlyKeys("noting", "failing");
        assertThat(report.unfinished().get("noting")).contains("not within PT0.05S");
        assertThat(report.unfinished().get("failing")).contains("on purpose");
    }

    @Test
    void aServiceThatCannotSayHowItIsIsNotWell() {
        Messenger server = start(messenger("osd.3").service(new Noting() {
            @Override
            public Health health() {
                throw new IllegalStateException("on purpose");
            }
        }));
        try (LogCapture log = LogCapture.of(Messenger.class.getName())) {
            assertThat(server.health().get("noting").healthy()).isFalse();
            assertThat(log.lines()).hasSize(1);
        }
    }

    @Test
    void refusesANameThatCapabilitiesAndMetricsCouldNotBear() {
        for (String name : List.of("", "Upper", "1st", "with space", "x".repeat(33))) {
            assertThatThrownBy(() -> messenger("osd.3").service(new Noting() {
                        @Override
                        public String name() {
                            return name;
                        }
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + name + "'");
        }
    }

    @Test
    void tellsTheUserWhyAServiceDoesNotStart() {
        assertThatThrownBy(() -> messenger("osd.3")
                        .service(new Noting() {
                            @Override
                            public void start(ServiceContext given) throws IOException {
                                throw new IOException("no such file");
                            }
                        })
                        .build())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("service 'noting' does not start: no such file");
    }

    @Test
    void itsContextHasWhatItWasConfiguredWithAndWhereItIs() {
        Messenger server = start(
                messenger("osd.3").service(service, ServiceOptions.defaults().with("path", "/x")));
        EntityAddr addr = bind(server);
        Connection connection = connect(addr);
        network.await("the server knows it", () -> server.connections().size() == 1);
        assertThat(service.context.configuration().text("path")).isEqualTo("/x");
        assertThat(service.context.configuration().service()).isEqualTo("noting");
        assertThat(service.context.node()).hasToString("osd.3");
        assertThat(service.context.addresses()).isEqualTo(server.addresses());
        assertThat(service.context.connections()).hasSize(1);
        connection.markDown();
    }

    @Test
    void itsMetersBearItsNameAndEndWithIt() {
        MeterRegistry registry = new SimpleMeterRegistry();
        Messenger server = start(messenger("osd.3").meters(registry).service(service));
        service.context.meters().counter("questions").increment(3);
        assertThat(registry.get("questions").tag("service", "noting").counter().count())
                .isEqualTo(3);
        network.close(server);
        assertThat(registry.find("questions").counter()).isNull();
    }

    @Test
    void itsFrontEndsAreClosedWithTheMessenger() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Messenger server = start(messenger("osd.3").service(service));
        List<String> texts = new CopyOnWriteArrayList<>();
        DatagramHandle handle = service.context.datagram(
                any, (socket, batch) -> texts.add(batch.payload(0).readableBytes() + " bytes"));
        handle.send(handle.localAddr(), Unpooled.wrappedBuffer(new byte[3]));
        network.await("it comes", () -> !texts.isEmpty());
        assertThat(texts).containsExactly("3 bytes");
        network.close(server);
        assertThatThrownBy(() -> service.context.datagram(any, (socket, batch) -> {}))
                .isInstanceOf(IOException.class);
        Noting next = new Noting();
        Messenger other = start(messenger("osd.4").service(next));
        assertThat(next.context
                        .datagram(handle.localAddr(), (socket, batch) -> {})
                        .localAddr())
                .as("the port is free")
                .isEqualTo(handle.localAddr());
        network.close(other);
    }
}
