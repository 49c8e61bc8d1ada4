package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.TestNetwork;

/** A service that stalls holds up nobody else: not its neighbours, and not connections that have no business with it. */
public abstract class ServiceIsolationContractTest extends NetworkTestBase<TestNetwork> {
    private static final int STALLING = 0x7d21;
    private static final int WORKING = 0x7d22;

    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger stalled = new AtomicInteger();
    private final AtomicInteger handled = new AtomicInteger();
    private final AtomicInteger worked = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();

    private final Service stalling = service("stalling", STALLING, () -> {
        stalled.incrementAndGet();
        try {
            assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
            handled.incrementAndGet();
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
        }
    });
    private final Service working = service("working", WORKING, worked::incrementAndGet);

    private static Service service(String name, int type, Runnable work) {
        return new Service() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Set<Integer> messageTypes() {
                return Set.of(type);
            }

            @Override
            public void handle(Connection connection, Message message) {
                work.run();
            }
        };
    }

    private Connection connect(String name, EntityAddr addr) {
        Connection connection = start(messenger(name)).connect(EntityType.OSD, addr);
        network.get("it is ready", connection.ready());
        return connection;
    }

    private Messenger server(int messagesMax) {
        Limits limits = Limits.defaults();
        return start(messenger("osd.3")
                .limits(limits.withServices(limits.services().withShare(1024 * 1024, messagesMax)))
                .service(stalling)
                .service(working));
    }

    @Test
    void oneThatStallsDoesNotHoldUpItsNeighbourEvenOnTheSameConnection() {
        Messenger server = server(1000);
        Connection connection = connect("client.7", bind(server));
        for (int i = 0; i < 100; i++) {
            connection.send(message(STALLING, i, 100));
        }
        for (int i = 0; i < 100; i++) {
            connection.send(message(WORKING, i, 100));
        }
        network.await("the neighbour works", () -> worked.get() == 100);
        assertThat(handled).hasValue(0);
        assertThat(server.serviceStats().get("stalling").queued()).isEqualTo(100);
        assertThat(server.stats().dispatchBytes())
                .as("its share is its own, and nothing of what others need")
                .isZero();
        released.countDown();
        network.await("it goes on", () -> handled.get() == 100);
        network.await(
                "nothing is left", () -> server.serviceStats().get("stalling").queuedBytes() == 0);
    }

    @Test
    void connectionsThatOverfillItAreNotReadAndOthersAre() {
        Messenger server = server(10);
        EntityAddr addr = bind(server);
        Connection flooding = connect("client.7", addr);
        Connection innocent = connect("client.8", addr);
        for (int i = 0; i < 1000; i++) {
            flooding.send(message(STALLING, i, 1000));
        }
        flooding.send(message(WORKING, 1001));
        network.await(
                "its share is full", () -> server.serviceStats().get("stalling").queued() == 11);
        for (int i = 0; i < 100; i++) {
            innocent.send(message(WORKING, i));
        }
        network.await("others go on", () -> worked.get() == 100);
        network.settle();
        assertThat(server.serviceStats().get("stalling").queued())
                .as("one more than there is room for, and no other")
                .isEqualTo(11);
        assertThat(server.stats().dispatchBytes())
                .as("what is too much counts for the messenger")
                .isEqualTo(1000);

        released.countDown();
        network.await("everything is handled in the end", () -> handled.get() == 1000 && worked.get() == 101);
        network.await(
                "nothing is left", () -> server.serviceStats().get("stalling").queued() == 0);
        assertThat(server.stats().dispatchBytes()).isZero();
    }

    @Test
    void aFloodThatGoesAwayLeavesItsShareBehindWhenTheServiceGoesOn() {
        Messenger server = server(10);
        Connection flooding = connect("client.7", bind(server));
        for (int i = 0; i < 100; i++) {
            flooding.send(message(STALLING, i, 1000));
        }
        network.await(
                "its share is full", () -> server.serviceStats().get("stalling").queued() == 11);
        flooding.markDown(); // which the server may not see while it does not read
        network.settle();
        released.countDown();
        network.await("it is gone", () -> server.connections().isEmpty());
        network.await(
                "nothing is left", () -> server.serviceStats().get("stalling").queued() == 0);
        assertThat(server.stats().dispatchBytes()).isZero();
    }

    @Test
    void closingInterruptsWhatDoesNotEndAndReleasesWhatWaits() {
        Limits limits = Limits.defaults();
        Limits.Timeouts timeouts = limits.timeouts();
        Messenger server = start(messenger("osd.3")
                .limits(limits.withTimeouts(new Limits.Timeouts(
                        timeouts.ready(),
                        timeouts.idle(),
                        timeouts.keepalive(),
                        timeouts.backoffInitial(),
                        timeouts.backoffMax(),
                        timeouts.standby(),
                        Duration.ofMillis(100))))
                .service(stalling)
                .service(working));
        Connection connection = connect("client.7", bind(server));
        for (int i = 0; i < 100; i++) {
            connection.send(message(STALLING, i, 1000));
        }
        network.await(
                "it stalls",
                () -> stalled.get() >= 1
                        && server.serviceStats().get("stalling").queued() == 100);
        try (LogCapture log = LogCapture.of("org.msgr2.session")) {
            network.close(server);
            assertThat(log.lines())
                    .anyMatch(line -> line.equals("service stalling is still at work; closing without it"));
        }
        network.await("what was at work is interrupted", () -> interrupted.get() == stalled.get());
        assertThat(handled).hasValue(0);
    }
}
