package org.msgr2.session;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;

/**
 * One connection as it was at one moment, for those who look after a node: {@link Messenger#listConnections}. Its parts are read
 * one after the other while the connection goes on. Immutable, but for what {@link ConnectionInfo#auth} leads to.
 *
 * @param peerType that we dialled, or that the peer says it is
 * @param peerAddr that we dialled, or that the peer came from
 * @param ourselves whether it is the messenger's connection to itself, which has no stream
 * @param info what was negotiated last; null until it was ready for the first time
 * @param stats what it took to be ready
 * @param queuedMessages accepted from the application and not through: not written or, if they have to be acknowledged, not
 *     acknowledged
 * @param queuedBytes the payloads of these
 * @param undispatchedMessages received, and the application is not through with them
 * @param readingPaused whether nothing is read until permits come back
 */
public record ConnectionListing(
        EntityType peerType,
        EntityAddr peerAddr,
        boolean ourselves,
        Policy policy,
        ConnectionState state,
        @Nullable ConnectionInfo info,
        ConnectionStats stats,
        ConnectionTraffic traffic,
        int queuedMessages,
        long queuedBytes,
        long undispatchedMessages,
        boolean readingPaused) {}
