package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.session.testing.FlakyTransport;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/**
 * Two ends in virtual time, and a schedule drawn from a seed: who sends how much when, which end loses its connections, who
 * cannot dial for a while. Then the faults stop, and everything has to arrive. A run that fails names its seed; {@code
 * -Dmsgr2.simulation.seed=N} runs that one alone, {@code -Dmsgr2.simulation.runs=N} more of them.
 */
@Timeout(300)
class SurvivalSimulationTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final int TYPE = 0x7c05;
    private static final int RUNS = Integer.getInteger("msgr2.simulation.runs", 150);
    private static final long FIRST_SEED = 20_261_120;

    /** What happened in all runs. */
    private static final class Totals {
        private long messages;
        private long connections;
        private long cuts;
        private long refusals;
        private long races;
        private long standbys;
    }

    private final Totals totals = new Totals();

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    /** One end of the session. */
    private final class End {
        private final RecordingDispatcher heard = new RecordingDispatcher();
        private final FlakyTransport transport = new FlakyTransport(network.transport(leaks.allocator()));
        private final Messenger messenger;
        private final EntityAddr addr;
        private Connection connection;
        private long sent;

        End(String name, Policy dial, Policy accept) {
            messenger = network.messenger(name, leaks.allocator(), transport)
                    .dialPolicy(dial)
                    .acceptPolicy(accept)
                    .dispatcher(heard)
                    .build();
            addr = bind(messenger);
        }

        void send(int count, Random random) {
            for (int i = 0; i < count && connection != null; i++) {
                Message message = message(TYPE, sent + 1, random.nextInt(4) == 0 ? random.nextInt(3000) : 10);
                if (connection.send(message).accepted()) {
                    sent++;
                } else {
                    message.release();
                    throw new AssertionError("not accepted: " + heard.log());
                }
            }
        }

        /** An end that was dialled sends over the session that it has heard of. */
        void findConnection() {
            if (connection == null && !heard.log().isEmpty()) {
                connection = heard.log().get(0).connection();
            }
        }
    }

    @Test
    void nothingIsLostOrDoubledWhateverBreaksWhen() {
        Long only = Long.getLong("msgr2.simulation.seed");
        for (int run = 0; run < (only == null ? RUNS : 1); run++) {
            long seed = only == null ? FIRST_SEED + run : only;
            try {
                run(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        String summary = RUNS + " runs: " + totals.messages + " messages, " + totals.connections + " connections, "
                + totals.cuts + " cuts, " + totals.refusals + " refusals, " + totals.races + " with both dialling, "
                + totals.standbys + " standbys";
        if (only == null) {
            assertThat(totals.connections).as(summary).isGreaterThan(4L * RUNS);
            assertThat(totals.cuts).as(summary).isGreaterThan(3L * RUNS);
            assertThat(totals.messages).as(summary).isGreaterThan(100L * RUNS);
            assertThat(Math.min(totals.refusals, Math.min(totals.races, totals.standbys)))
                    .as(summary)
                    .isPositive();
        }
    }

    private void run(long seed) {
        Random random = new Random(seed);
        boolean peers = random.nextBoolean();
        Policy peer = random.nextBoolean() ? Policy.losslessPeer() : Policy.losslessPeerReuse();
        End client = new End(
                peers ? "osd.7" : "client.7",
                peers ? peer : Policy.losslessClient(),
                peers ? peer : Policy.statelessServer());
        End server = new End("osd.3", peers ? peer : Policy.lossyClient(), peers ? peer : Policy.statefulServer());
        client.connection = client.messenger.connect(EntityType.OSD, server.addr);
        if (peers && random.nextBoolean()) {
            totals.races++;
            server.connection = server.messenger.connect(EntityType.OSD, client.addr);
        }
        int steps = 10 + random.nextInt(30);
        for (int step = 0; step < steps; step++) {
            server.findConnection();
            End end = random.nextBoolean() ? client : server;
            switch (random.nextInt(6)) {
                case 0, 1 -> end.send(random.nextInt(40), random);
                case 2, 3 -> {
                    end.transport.cut();
                    totals.cuts++;
                }
                case 4 -> {
                    end.transport.refuse(random.nextBoolean());
                    totals.refusals++;
                }
                default -> network.time().advance(Duration.ofMillis(random.nextInt(3000)));
            }
            // Often in the midst of things: a few tasks run, and the next step comes.
            int[] tasks = {random.nextInt(60)};
            network.time().advanceUntil(() -> tasks[0]-- <= 0, Duration.ofMillis(random.nextInt(200)));
        }
        client.transport.refuse(false);
        server.transport.refuse(false);
        server.findConnection();
        // Whoever is on standby has to have a reason to come back.
        client.send(1, random);
        await("the session", () -> !server.heard.log().isEmpty());
        server.findConnection();
        server.send(1, random);
        check(client, server);
        check(server, client);
        await("acknowledged", () -> client.connection.queuedMessages() == 0 && server.connection.queuedMessages() == 0);
        totals.messages += client.sent + server.sent;
        totals.connections += client.transport.streams() + server.transport.streams();
        totals.standbys += standbys(client) + standbys(server);
        network.close(client.messenger);
        network.close(server.messenger);
        leaks.check();
    }

    /** Longer than the longest back-off and the longest WAIT, one behind the other, several times. */
    private void await(String what, BooleanSupplier condition) {
        if (!network.time().advanceUntil(condition, Duration.ofMinutes(2))) {
            throw new AssertionError("does not happen: " + what);
        }
    }

    private static long standbys(End end) {
        return end.heard.all(SessionEvent.Interrupted.class).stream()
                .filter(SessionEvent.Interrupted::waiting)
                .count();
    }

    private void check(End from, End to) {
        List<Long> all = LongStream.rangeClosed(1, from.sent).boxed().toList();
        await(all.size() + " messages", () -> to.heard.messages().size() >= all.size());
        network.settle();
        assertThat(to.heard.tids()).isEqualTo(all);
        assertThat(to.heard.all(SessionEvent.RemoteReset.class)).isEmpty();
        assertThat(to.heard.all(SessionEvent.Reset.class)).isEmpty();
        assertThat(to.heard.all(SessionEvent.Discarded.class)).isEmpty();
        assertThat(to.messenger.connections()).hasSize(1);
    }
}
