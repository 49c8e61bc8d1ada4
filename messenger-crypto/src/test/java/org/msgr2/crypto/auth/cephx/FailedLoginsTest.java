package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.cephx.LoginListener.Reason;

/** A few lines per name and interval, and every failure counted. */
class FailedLoginsTest {
    private final ServerKit.Clock clock = new ServerKit.Clock();
    private final List<String> lines = new ArrayList<>();
    private final FailedLogins failures = new FailedLogins(
            2,
            Duration.ofSeconds(10),
            clock,
            new ServerKit.Dice(1),
            (claimed, peer, reason, leftOut) ->
                    lines.add(claimed + (peer == null ? "" : " at " + peer) + " " + reason + " " + leftOut));

    @Test
    void tellsAFewPerNameAndInterval() {
        for (int i = 0; i < 5; i++) {
            failures.refused(ServerKit.ADMIN, Reason.WRONG_KEY);
        }
        failures.refused(null, Reason.TICKET);
        assertThat(lines).containsExactly("client.admin WRONG_KEY 0", "client.admin WRONG_KEY 0", "null TICKET 0");
        lines.clear();
        clock.advance(Duration.ofSeconds(10));
        failures.refused(ServerKit.ADMIN, Reason.RECLAIM);
        failures.refused(ServerKit.ADMIN, Reason.RECLAIM);
        failures.refused(ServerKit.ADMIN, Reason.RECLAIM);
        assertThat(lines).containsExactly("client.admin RECLAIM 3", "client.admin RECLAIM 0");
        assertThat(failures.counts()).isEqualTo(Map.of(Reason.WRONG_KEY, 5L, Reason.RECLAIM, 3L, Reason.TICKET, 1L));
        assertThat(failures.count(Reason.EXPIRED)).isZero();
    }

    @Test
    void inventedNamesFillAFixedNumberOfSlots() {
        for (int i = 0; i < 100_000; i++) {
            failures.refused(EntityName.of(EntityType.CLIENT, i), Reason.UNKNOWN_ENTITY);
        }
        assertThat(lines).hasSizeBetween(300, 2 * 256);
        assertThat(failures.count(Reason.UNKNOWN_ENTITY)).isEqualTo(100_000);
    }

    @Test
    void oneHostCannotHideAnother() {
        LoginListener first = failures.from(EntityAddr.parse("v2:10.0.0.1:1/0"));
        for (int i = 0; i < 5; i++) {
            first.refused(ServerKit.ADMIN, Reason.WRONG_KEY);
        }
        failures.from(EntityAddr.parse("v2:10.0.0.1:2/0")).refused(ServerKit.ADMIN, Reason.WRONG_KEY);
        failures.from(EntityAddr.parse("v2:10.0.0.2:3/0")).refused(ServerKit.ADMIN, Reason.WRONG_KEY);
        assertThat(lines)
                .containsExactly(
                        "client.admin at v2:10.0.0.1:1/0 WRONG_KEY 0",
                        "client.admin at v2:10.0.0.1:1/0 WRONG_KEY 0",
                        "client.admin at v2:10.0.0.2:3/0 WRONG_KEY 0");
        assertThat(failures.count(Reason.WRONG_KEY)).isEqualTo(7);
    }
}
