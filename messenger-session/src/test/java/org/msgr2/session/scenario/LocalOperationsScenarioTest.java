package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.conn;
import static org.msgr2.session.scenario.Resets.reset;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.SessionMode;

/** What an application does with its messenger: talk to others, to itself, to nobody, and become another node. */
class LocalOperationsScenarioTest extends TrafficTestBase {

    /** One after the other, as a first test of a messenger would: what each of them does in detail is below, and elsewhere. */
    @Scenario("P01")
    @ParameterizedTest
    @EnumSource
    void aRoundTripARebindAMarkDownNobodyAndOneself(SessionMode mode) throws IOException {
        End server = server(mode, "osd.0", Policy.statelessServer());
        End client = client(mode, "client.7", Policy.lossyClient());
        Connection first = client.connect(server);
        assertEchoFlows(first, server, client);

        EntityAddrVec moved = server.messenger.rebind(Set.of(server.addr.port()));
        network.get("the peer notices", first.closed());
        assertThat(client.resets()).isEqualTo(reset(1, 0));
        assertThat(server.resets()).isEqualTo(reset(1, 0));
        Connection second = client.messenger.connect(EntityType.OSD, moved);
        network.get("ready", second.ready());
        assertEchoFlows(second, server, client);

        second.markDown();
        network.settle();
        assertThat(client.messenger.connections()).isEmpty();
        assertThat(server.messenger.connections()).isEmpty();
        assertThat(client.resets()).as("not of what it has closed itself").isEqualTo(reset(1, 0));
        assertThat(server.resets()).isEqualTo(reset(2, 0));

        Connection nobody = client.messenger.connect(EntityType.OSD, server.addr);
        network.settle();
        assertThat(nobody.info()).isNull();
        assertThat(client.count(SessionEvent.AttemptFailed.class)).isEqualTo(1);
        nobody.markDown();

        int streams = server.net.streams().size();
        Connection self = server.messenger.connect(EntityType.OSD, moved);
        network.get("ready", self.ready());
        assertEchoFlows(self, server, server);
        assertThat(server.net.streams()).hasSize(streams);
        assertThat(server.net.attempts()).isEmpty();
    }

    @Scenario("P40")
    @ParameterizedTest
    @EnumSource
    void eachRefusedAttemptIsToldAndFollowedByALongerWait(SessionMode mode) {
        EntityAddr addr = freeAddr();
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.messenger.connect(EntityType.OSD, addr);
        send(connection, 1, 3);
        network.settle();
        long[] waitsMs = {200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000};
        for (int attempt = 1; attempt <= waitsMs.length; attempt++) {
            List<SessionEvent.AttemptFailed> failures = client.heard.all(SessionEvent.AttemptFailed.class);
            assertThat(failures).as("once per attempt").hasSize(attempt);
            assertThat(client.net.attempts()).hasSize(attempt);
            SessionEvent.AttemptFailed last = failures.get(attempt - 1);
            assertThat(last.refused()).isTrue();
            assertThat(last.attempt()).isEqualTo(attempt);
            assertThat(last.retryIn()).isEqualTo(Duration.ofMillis(waitsMs[attempt - 1]));
            if (attempt < waitsMs.length) {
                advance(last.retryIn());
            }
        }
        assertThat(client.resets()).isEqualTo(Resets.NONE);

        End server = server(mode, "osd.0", Policy.statefulServer());
        bind(server.messenger, addr);
        advance(Duration.ofSeconds(15));
        assertAllArrive(server, 3);
        assertThat(client.conn()).isEqualTo(conn(waitsMs.length + 1, 1, 0, 1));
        assertThat(client.count(SessionEvent.AttemptFailed.class)).isEqualTo(waitsMs.length);
    }

    @Scenario("P44")
    @ParameterizedTest
    @EnumSource
    void whoRebindsIsAnotherNode(SessionMode mode) throws IOException {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection old = client.connect(server);
        Connection accepted = server.only();
        assertEchoFlows(old, server, client);

        EntityAddr moved = server.messenger.rebind(Set.of(server.addr.port())).first();
        network.settle();
        assertThat(moved.nonce()).isEqualTo(server.addr.nonce() + 1_000_000);
        assertThat(moved.port()).isNotEqualTo(server.addr.port());
        assertThat(accepted.closed().toCompletableFuture()).isDone();
        assertThat(server.resets()).isEqualTo(reset(1, 0));
        assertThat(server.messenger.connections()).isEmpty();
        // A client whose session outlives connections goes on looking for the node that was there.
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(client.count(SessionEvent.Interrupted.class)).isEqualTo(1);
        advance(Duration.ofSeconds(1));
        assertThat(client.heard.all(SessionEvent.AttemptFailed.class))
                .isNotEmpty()
                .allMatch(SessionEvent.AttemptFailed::refused);
        old.markDown();

        Connection session = client.messenger.connect(EntityType.OSD, moved);
        network.get("ready", session.ready());
        assertEchoFlows(session, server, client);
        assertThat(server.only()).isNotSameAs(accepted);
    }
}
