package org.msgr2.session;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;

/**
 * Hears of connections that peers have opened and that did not become sessions of their own. Those that did are told to
 * dispatchers as {@link SessionEvent.Accepted}.
 */
@FunctionalInterface
public interface HandshakeListener {

    /** What became of the connection. */
    enum End {
        /** A session that existed has taken it over, and goes on with it. */
        REPLACED,
        /** It was refused, dropped or lost. */
        CLOSED
    }

    /**
     * The end of such a handshake.
     *
     * @param remote where the peer came from; blank if the connection was lost before that was known
     * @param end what became of it
     * @param clientIdents how many CLIENT_IDENT the peer has sent
     * @param sessionReconnects how many SESSION_RECONNECT
     * @param cause why it was closed; null if it was replaced
     */
    record HandshakeEnded(
            EntityAddr remote,
            End end,
            int clientIdents,
            int sessionReconnects,
            @Nullable ProtocolException cause) {}

    /** Called on event loops, several at once: must not block. What it throws is logged. */
    void onEnded(HandshakeEnded ended);
}
