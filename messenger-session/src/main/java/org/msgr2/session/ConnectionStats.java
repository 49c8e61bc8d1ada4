package org.msgr2.session;

/**
 * What a connection has done to become ready, and to become so again. Counted from its beginning.
 *
 * @param attempts transports that we have begun to open
 * @param clientIdentsSent CLIENT_IDENT frames written
 * @param sessionReconnectsSent SESSION_RECONNECT frames written
 * @param clientIdentsAccepted transports of the peer's that became this session's by CLIENT_IDENT
 * @param sessionReconnectsAccepted the same by SESSION_RECONNECT
 * @param established how often it was ready, whoever had dialled
 * @param remoteResets how often the peer had forgotten the session
 */
public record ConnectionStats(
        int attempts,
        int clientIdentsSent,
        int sessionReconnectsSent,
        int clientIdentsAccepted,
        int sessionReconnectsAccepted,
        int established,
        int remoteResets) {}
