package org.msgr2.session.rpc.endpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.msgr2.session.Connection;
import org.msgr2.session.rpc.Target;

/**
 * The connections that clients with a resolver have brought about, and which of them use each. One that was there before is its
 * owner's, whoever that is. Thread-safe.
 */
final class DialledConnections {
    private final CallEndpoint.Connector connector;
    private final Supplier<Collection<Connection>> existing;
    /** Guarded by itself. */
    private final Map<Connection, Set<PeerGroup>> users = new HashMap<>();

    /** @param existing every connection of the messenger */
    DialledConnections(CallEndpoint.Connector connector, Supplier<Collection<Connection>> existing) {
        this.connector = connector;
        this.existing = existing;
    }

    Connection connect(Target target, PeerGroup user) {
        Set<Connection> before = new HashSet<>(existing.get());
        Connection connection = connector.connect(target.type(), target.addrs());
        boolean made;
        synchronized (users) {
            Set<PeerGroup> known = users.get(connection);
            made = known == null && !before.contains(connection);
            if (made) {
                users.put(connection, new HashSet<>(Set.of(user)));
            } else if (known != null) {
                known.add(user);
            }
        }
        if (made) {
            connection.closed().whenComplete((end, never) -> forget(connection));
        }
        return connection;
    }

    private void forget(Connection connection) {
        synchronized (users) {
            users.remove(connection);
        }
    }

    /** It uses none any more: those that nobody else uses are closed, behind what is queued. */
    void release(PeerGroup user) {
        List<Connection> unused = new ArrayList<>();
        synchronized (users) {
            users.forEach((connection, all) -> {
                if (all.remove(user) && all.isEmpty()) {
                    unused.add(connection);
                }
            });
            unused.forEach(users::remove);
        }
        unused.forEach(Connection::close);
    }
}
