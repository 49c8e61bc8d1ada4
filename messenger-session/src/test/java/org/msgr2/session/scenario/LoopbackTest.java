package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.conn;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.HeldExecutor;
import org.msgr2.session.testing.SessionMode;

/** A node that dials itself: nothing of what the others are about comes into it. */
class LoopbackTest extends ScenarioTestBase {
    private static final int MESSAGES = 30;

    @ParameterizedTest
    @EnumSource
    @Scenario("S43")
    void nothingIsBetweenANodeAndItself(SessionMode mode) {
        // No message would get past a throttle, and none is handled before it may be.
        Limits tight = Limits.defaults().withQueues(Limits.defaults().queues().withDispatch(1, 1));
        HeldExecutor workers = new HeldExecutor(network.workers());
        Actor self = actor(
                "osd.3",
                mode,
                Policy.losslessPeer(),
                builder -> builder.limits(tight).workerPool(workers));
        EntityAddr addr = bind(self.messenger);
        Connection connection = self.dial(EntityType.OSD, addr);
        self.send(connection, MESSAGES);
        network.settle();
        assertThat(self.messenger.stats().dispatchBytes()).isZero();
        workers.release();
        awaitReceived(self, MESSAGES);
        advance(Duration.ofMinutes(1));

        assertThat(self.heard.tids()).isEqualTo(numbers(MESSAGES));
        assertThat(self.heard.messages())
                .allMatch(received -> received.connection().equals(connection));
        assertThat(self.heard.log().get(0).what()).isInstanceOf(SessionEvent.Connected.class);
        assertThat(self.heard.events()).as("once").hasSize(1);
        assertThat(self.conn()).isEqualTo(conn(0, 0, 0, 1));
        assertThat(self.net.streams()).isEmpty();
        assertThat(self.messenger.connect(EntityType.OSD, EntityAddrVec.of(addr)))
                .as("there is one")
                .isSameAs(connection);
        assertThat(self.session()).isSameAs(connection);
    }
}
