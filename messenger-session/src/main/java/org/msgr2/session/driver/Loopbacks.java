package org.msgr2.session.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Revision;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.MessengerConfig;
import org.msgr2.session.Policy;

/** A messenger's connections to itself: one that is shared, and those that were asked for anonymously. Thread-safe. */
final class Loopbacks {
    private final Node node;
    private final Set<LoopbackConnection> all = ConcurrentHashMap.newKeySet();
    private @Nullable LoopbackConnection shared;

    Loopbacks(Node node) {
        this.node = node;
    }

    /**
     * The connection to ourselves that lives, or a new one.
     *
     * @param addr one of our own
     * @throws IllegalArgumentException if we are not of that type
     */
    synchronized LoopbackConnection shared(EntityType type, EntityAddr addr) {
        requireOurs(type, addr);
        if (shared == null || shared.isClosed()) {
            shared = open(addr);
        }
        return shared;
    }

    /** Always a new one. */
    LoopbackConnection anonymous(EntityType type, EntityAddr addr) {
        requireOurs(type, addr);
        return open(addr);
    }

    private void requireOurs(EntityType type, EntityAddr addr) {
        EntityType ours = node.config().name().type();
        if (type != EntityType.ANY && type != ours) {
            throw new IllegalArgumentException(
                    "cannot connect to " + type + " at " + addr + ": that is ourselves, of type " + ours);
        }
    }

    private LoopbackConnection open(EntityAddr addr) {
        MessengerConfig config = node.config();
        Policy policy = config.policies().toDial(config.name().type());
        EntityAddrVec addrs = EntityAddrVec.of(addr);
        ConnectionInfo info = new ConnectionInfo(
                EntityName.of(config.name().type(), node.gid()),
                addrs,
                // Who calls from within the process needs no permission of it.
                new PeerIdentity(AuthMethod.NONE, config.name(), Math.max(0, node.gid()), Capabilities.ALL),
                AuthSession.NONE,
                addrs,
                Revision.MSGR2_1,
                ConnectionMode.CRC,
                config.bannerSupported(),
                policy.featuresSupported(),
                false);
        LoopbackConnection connection = new LoopbackConnection(node, addr, policy, info, node.loopOf(addrs));
        all.add(connection);
        connection.open();
        return connection;
    }

    void remove(LoopbackConnection connection) {
        all.remove(connection);
    }

    List<LoopbackConnection> all() {
        return new ArrayList<>(all);
    }
}
