package org.msgr2.session.mon;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.mon.MonMap;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Messenger;

/**
 * Dials whom its {@link Hunt} names. The first connection that is ready is its client's; from that moment on the others are
 * nobody's, and what comes of them is ignored. Guarded by its client's lock.
 *
 * <p>With cephx each connection logs in for itself. The first login of all gives us our id: others that bring another one
 * have come too late. Later logins claim that id, and each only replaces its tickets by others as good (spec/msgr2 §3.10).
 */
final class Hunter {
    private final Messenger messenger;
    private final @Nullable CephxClient cephx;
    private final Steps steps;
    private final Outcome outcome;
    private final Hunt hunt;
    private final Map<Connection, Attempt> attempts = new HashMap<>();

    /**
     * A monitor that is dialled.
     *
     * @param reclaiming its login claims the id of the one before: its refusal may be about that only
     */
    private record Attempt(EntityAddr addr, boolean reclaiming) {}

    /** What comes of a hunt. Called within steps. */
    interface Outcome {
        void found(Connection connection, ConnectionInfo info);

        void missed(ProtocolException cause);

        /** Everybody was asked, and somebody said for good that it does not let us in. The hunt goes on. */
        void refused(ProtocolException why);
    }

    Hunter(MonClientConfig config, Messenger messenger, @Nullable CephxClient cephx, Steps steps, Outcome outcome) {
        this.messenger = messenger;
        this.cephx = cephx;
        this.steps = steps;
        this.outcome = outcome;
        this.hunt = new Hunt(
                config.hunting(),
                messenger.config().limits().timeouts(),
                new Candidates(config.monitors(), messenger.config().entropy()));
    }

    void begin(long nowNs) {
        hunt.begin(nowNs);
    }

    /** Does what is due. */
    void pump(long nowNs) {
        for (EntityAddr silent : hunt.expire(nowNs)) {
            hangUp(silent);
            ProtocolException cause = new ProtocolException(FaultKind.TIMEOUT, "no answer within the hunt's interval");
            outcome.missed(cause.fromPeer(silent.toString()));
        }
        for (EntityAddr addr = hunt.next(nowNs); addr != null; addr = hunt.next(nowNs)) {
            dial(addr);
        }
        tellVerdict();
    }

    private void dial(EntityAddr addr) {
        Connection connection;
        try {
            connection = messenger.connect(EntityType.MON, addr);
        } catch (IllegalStateException e) {
            // It is being closed, or there is a connection to that address with other TLS settings.
            ProtocolException cause = new ProtocolException(FaultKind.TRANSPORT, String.valueOf(e.getMessage()), e);
            hunt.failed(addr, null);
            outcome.missed(cause.fromPeer(addr.toString()));
            return;
        }
        attempts.put(connection, new Attempt(addr, hasId()));
        steps.afterwards(() -> watch(connection));
    }

    private void watch(Connection connection) {
        connection.ready().thenAccept(info -> steps.run(() -> ready(connection, info)));
        ProtocolException gone = new ProtocolException(FaultKind.TRANSPORT, "the connection has ended");
        connection.closed().thenRun(() -> steps.run(() -> failed(connection, gone)));
    }

    private void ready(Connection connection, ConnectionInfo info) {
        Attempt attempt = attempts.remove(connection);
        if (attempt != null) {
            hunt.found(attempt.addr()).forEach(this::hangUp);
            outcome.found(connection, info);
        }
    }

    /** An attempt has failed, and its connection would try again. Does nothing if it was not one of this hunt's. */
    void attemptFailed(Connection connection, ProtocolException cause) {
        Attempt attempt = attempts.get(connection);
        if (attempt != null && !attempt.reclaiming() && cause.kind() == FaultKind.SEQUENCE && hasId()) {
            // Another login was faster, and has given us an id. Should it be all that comes of that one, this one
            // claims it.
            attempts.put(connection, new Attempt(attempt.addr(), true));
        } else {
            failed(connection, cause);
        }
    }

    private boolean hasId() {
        return cephx != null && cephx.globalId() != 0;
    }

    /** An attempt has failed for good. Does nothing if it was not one of this hunt's. */
    void failed(Connection connection, ProtocolException cause) {
        Attempt attempt = attempts.remove(connection);
        if (attempt != null) {
            connection.markDown(); // or it would dial on
            boolean conclusive = cause.terminal() || (cause.kind() == FaultKind.AUTH && !attempt.reclaiming());
            hunt.failed(attempt.addr(), conclusive ? cause : null);
            outcome.missed(cause);
        }
    }

    /** See {@link Hunt#opened}. */
    void opened() {
        hunt.opened();
    }

    /**
     * The session with the monitor that was found has ended.
     *
     * @param livedNs for how long there was one
     * @param conclusive why that monitor is of no use to us, if trying again will hardly help
     */
    void lost(long livedNs, @Nullable ProtocolException conclusive, long nowNs) {
        hunt.lost(livedNs, conclusive, nowNs);
    }

    private void tellVerdict() {
        ProtocolException why = hunt.takeVerdict();
        if (why != null) {
            outcome.refused(why);
        }
    }

    void learned(MonMap map) {
        hunt.learned(map);
    }

    private void hangUp(EntityAddr addr) {
        attempts.entrySet().removeIf(attempt -> {
            boolean same = attempt.getValue().addr().equals(addr);
            if (same) {
                attempt.getKey().markDown();
            }
            return same;
        });
    }

    /** Ends all that is under way. */
    void close() {
        attempts.keySet().forEach(Connection::markDown);
        attempts.clear();
    }

    Duration idle(long nowNs, Duration atMost) {
        return hunt.idle(nowNs, atMost);
    }
}
