package org.msgr2.crypto.auth.none;

import java.util.concurrent.atomic.AtomicLong;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.AuthServer;

/**
 * Method NONE for both ends (spec/msgr2 §3.12). Connections are in crc mode, signatures are zeros, and the name that a
 * peer claims proves nothing.
 */
public final class NoneAuth implements AuthProvider {
    /** Where Ceph's own ids for clients begin (observed). */
    private static final long GLOBAL_ID_FIRST = 4096;

    private final EntityName self;
    private final AtomicLong globalIds = new AtomicLong(GLOBAL_ID_FIRST);
    /** What a monitor gave us; 0 before. Services are told it, and monitors again (observed). */
    private final AtomicLong ownGlobalId = new AtomicLong();

    /** @param self the name that we give to peers */
    public NoneAuth(EntityName self) {
        this.self = self;
    }

    @Override
    public AuthClient client(EntityType peerType) {
        return new NoneClient(self, peerType, ownGlobalId);
    }

    @Override
    public AuthServer server(EntityType peerType) {
        return new NoneServer(globalIds::incrementAndGet);
    }
}
