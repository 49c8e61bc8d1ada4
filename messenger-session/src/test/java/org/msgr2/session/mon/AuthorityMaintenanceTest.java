package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.Entropy;
import org.msgr2.crypto.auth.cephx.AuthorityOptions;
import org.msgr2.crypto.auth.cephx.AuthorityState;
import org.msgr2.crypto.auth.cephx.LoginListener;
import org.msgr2.crypto.auth.cephx.StateStore;
import org.msgr2.crypto.auth.cephx.TicketAuthority;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.session.Health;
import org.msgr2.session.ServiceContext;
import org.msgr2.session.inproc.InProcNetwork;
import org.msgr2.session.inproc.InProcTransport;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.TestServiceContext;

/** The authority's keys are renewed in time, and a disk that fails is told once. */
class AuthorityMaintenanceTest {
    private static final Duration KEYS_LIVE = Duration.ofDays(5);

    /** Not random: nobody uses these keys. */
    private static final Entropy ENTROPY = bytes -> Arrays.fill(bytes, (byte) 7);

    /** Written by the test, read by the thread under test. */
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private final Disk disk = new Disk();
    private TicketAuthority authority;
    private AuthorityMaintenance maintenance;

    private static final class Disk implements StateStore {
        volatile boolean broken;
        volatile CountDownLatch saved = new CountDownLatch(1);

        @Override
        public Optional<AuthorityState> load() {
            return Optional.empty();
        }

        @Override
        public void save(AuthorityState state) throws IOException {
            if (broken) {
                throw new IOException("disk full");
            }
            saved.countDown();
        }
    }

    @BeforeEach
    void openAuthority() throws Exception {
        authority = TicketAuthority.open(
                Keyring.EMPTY, AuthorityOptions.DEFAULTS, disk, () -> now, ENTROPY, LoginListener.NONE);
        maintenance = new AuthorityMaintenance(authority, Duration.ofMillis(1));
        disk.saved = new CountDownLatch(1);
    }

    private static ServiceContext context() {
        return new TestServiceContext(
                new InProcTransport(new InProcNetwork(), List.of(), ByteBufAllocator.DEFAULT), Runnable::run, Map.of());
    }

    @Test
    void savesOnlyWhatIsDue() {
        maintenance.run();
        assertThat(disk.saved.getCount()).isEqualTo(1);
        now = now.plus(KEYS_LIVE);
        maintenance.run();
        assertThat(disk.saved.getCount()).isZero();
        assertThat(maintenance.health()).isEqualTo(Health.OK);
    }

    @Test
    void aDiskThatFailsIsUnhealthyAndLoggedOnceUntilItWorksAgain() {
        try (LogCapture log = LogCapture.of(AuthorityMaintenance.class.getName())) {
            disk.broken = true;
            now = now.plus(KEYS_LIVE);
            for (int i = 0; i < 10; i++) {
                maintenance.run();
            }
            assertThat(maintenance.health().healthy()).isFalse();
            assertThat(maintenance.health().reason()).contains("disk full");
            assertThat(log.lines()).hasSize(1).first().asString().contains("disk full");

            disk.broken = false;
            maintenance.run();
            maintenance.run();
            assertThat(maintenance.health()).isEqualTo(Health.OK);
            assertThat(log.lines()).hasSize(2).last().asString().contains("saved again");

            disk.broken = true;
            now = now.plus(KEYS_LIVE);
            maintenance.run();
            assertThat(log.lines()).hasSize(3);
        }
    }

    @Test
    void runsByItselfBetweenStartAndStop() throws Exception {
        maintenance.start(context());
        try {
            assertThatThrownBy(() -> maintenance.start(context())).isInstanceOf(IllegalStateException.class);
            now = now.plus(KEYS_LIVE);
            assertThat(disk.saved.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            maintenance.stop();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().equals("msgr2-authority") && thread.isAlive())
                .isEmpty();
        maintenance.stop();
    }

    @Test
    void ownsNoMessages() {
        assertThat(maintenance.messageTypes()).isEmpty();
        assertThat(maintenance.name()).isEqualTo("auth");
    }
}
