package org.msgr2.session.driver;

import org.msgr2.core.frame.Tag;
import org.msgr2.session.ConnectionStats;
import org.msgr2.session.SessionEvent;

/** Counts for {@link ConnectionStats}: written on the connection's loop, read from any thread. */
final class ConnectionCounters {
    private volatile ConnectionStats stats = new ConnectionStats(0, 0, 0, 0, 0, 0, 0);

    ConnectionStats stats() {
        return stats;
    }

    void attempted() {
        add(1, 0, 0, 0, 0, 0, 0);
    }

    void sent(Tag tag) {
        switch (tag) {
            case CLIENT_IDENT -> add(0, 1, 0, 0, 0, 0, 0);
            case SESSION_RECONNECT -> add(0, 0, 1, 0, 0, 0, 0);
            default -> {}
        }
    }

    void identAccepted() {
        add(0, 0, 0, 1, 0, 0, 0);
    }

    void reconnectAccepted() {
        add(0, 0, 0, 0, 1, 0, 0);
    }

    void happened(SessionEvent event) {
        if (event instanceof SessionEvent.Connected || event instanceof SessionEvent.Accepted) {
            add(0, 0, 0, 0, 0, 1, 0);
        } else if (event instanceof SessionEvent.RemoteReset) {
            add(0, 0, 0, 0, 0, 0, 1);
        }
    }

    private void add(
            int attempts, int idents, int reconnects, int identsIn, int reconnectsIn, int established, int resets) {
        ConnectionStats now = stats;
        stats = new ConnectionStats(
                now.attempts() + attempts,
                now.clientIdentsSent() + idents,
                now.sessionReconnectsSent() + reconnects,
                now.clientIdentsAccepted() + identsIn,
                now.sessionReconnectsAccepted() + reconnectsIn,
                now.established() + established,
                now.remoteResets() + resets);
    }
}
