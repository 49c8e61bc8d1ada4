package org.msgr2.examples.msgr;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.session.Messenger;

/**
 * How one run of a command connects: as whom, with which proof, inside what, and how patiently. Its connections share their
 * tickets, so whoever has talked to a monitor can talk to the other daemons.
 *
 * @param tls null is without
 * @param timeout for each connection and each answer
 */
record ClusterAccess(
        EntityName name, Credentials credentials, @Nullable TlsContext tls, Duration timeout) {

    /** For one connection. */
    Messenger.Builder builder() {
        Messenger.Builder builder = Messenger.builder(name.toString()).auth(self -> credentials);
        return tls == null ? builder : builder.tls(tls);
    }

    /** Connects; what the peer refuses is explained by what we have to show. */
    Client connect(Messenger.Builder builder, EntityType type, EntityAddr addr) throws Failure, InterruptedException {
        try {
            return Client.connect(builder, type, addr, timeout);
        } catch (Failure e) {
            String advice = credentials.advice(e);
            throw advice.isEmpty() ? e : Failure.of(e.getMessage() + "; " + advice, e);
        }
    }
}
