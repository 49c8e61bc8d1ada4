package org.msgr2.session.mon;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.Message;
import org.msgr2.crypto.auth.cephx.TicketAuthority;
import org.msgr2.session.Connection;
import org.msgr2.session.Health;
import org.msgr2.session.Service;
import org.msgr2.session.ServiceContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls {@link TicketAuthority#maintain} once per second on a thread of its own, for as long as the messenger runs that it
 * is a service of. Owns no messages. While the state cannot be saved, {@link #health} says why, and so does one line in the
 * log; logins go on until keys or ids run out.
 */
public final class AuthorityMaintenance implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorityMaintenance.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A disk that hangs must not keep the node from ending. */
    private static final Duration STOP_MAX = Duration.ofSeconds(2);

    private final TicketAuthority authority;
    private final Duration interval;
    private final Object lifecycle = new Object();
    private volatile Health health = Health.OK;
    private @Nullable ScheduledExecutorService thread; // guarded by lifecycle

    /** @param authority stays the caller's */
    public AuthorityMaintenance(TicketAuthority authority) {
        this(authority, INTERVAL);
    }

    AuthorityMaintenance(TicketAuthority authority, Duration interval) {
        this.authority = authority;
        this.interval = interval;
    }

    @Override
    public String name() {
        return "auth";
    }

    /** None. */
    @Override
    public Set<Integer> messageTypes() {
        return Set.of();
    }

    @Override
    public void start(ServiceContext context) {
        synchronized (lifecycle) {
            if (thread != null) {
                throw new IllegalStateException("started already");
            }
            ScheduledExecutorService own = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread daemon = new Thread(task, "msgr2-authority");
                daemon.setDaemon(true);
                return daemon;
            });
            ScheduledFuture<?> unused = own.scheduleWithFixedDelay(
                    this::run, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
            thread = own;
        }
    }

    /** One turn: never throws, or there would be no other. */
    void run() {
        try {
            if (authority.maintain()) {
                LOG.debug("the keys or ids of the ticket authority were renewed");
            }
            if (!health.healthy()) {
                health = Health.OK;
                LOG.info("the state of the ticket authority is saved again");
            }
        } catch (IOException | RuntimeException e) {
            boolean first = health.healthy();
            health = Health.failing("cannot save keys and ids: " + e);
            if (first) {
                LOG.error("cannot save the state of the ticket authority, trying on: {}", e.toString());
            }
        }
    }

    @Override
    public Health health() {
        return health;
    }

    /** Never called. */
    @Override
    public void handle(Connection connection, Message message) {}

    /** Ends the thread; waits for a turn that is under way, though not for long. */
    @Override
    public void stop() {
        ScheduledExecutorService own;
        synchronized (lifecycle) {
            own = thread;
            thread = null;
        }
        if (own == null) {
            return;
        }
        own.shutdown();
        try {
            if (!own.awaitTermination(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the state of the ticket authority is still being saved; ending without it");
                own.shutdownNow();
            }
        } catch (InterruptedException e) {
            own.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
