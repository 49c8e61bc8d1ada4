package org.msgr2.session;

import java.util.Map;

/**
 * A messenger's counters at one moment.
 *
 * @param connections that live: dialled, accepted, and to ourselves
 * @param handshakes accepted and not ready yet
 * @param accepted sockets, ever
 * @param handshakesFailed accepted sockets that never became ready, ever
 * @param messagesReplayed messages written once more, since a connection broke before the peer had acknowledged them, ever
 * @param messagesUnclaimed messages that no dispatcher wanted, ever
 * @param dispatchBytes bytes of messages received and not handled yet
 * @param policyThrottles what is taken of the throttles of policies that were used, by their names
 * @param acceptDecisions how often each rule has decided on what a peer wanted that came in, by the names of
 *     docs/promises/accepting.md, ever
 */
public record MessengerStats(
        int connections,
        int handshakes,
        long accepted,
        long handshakesFailed,
        long messagesReplayed,
        long messagesUnclaimed,
        long dispatchBytes,
        Map<String, PolicyThrottle.Taken> policyThrottles,
        Map<String, Long> acceptDecisions) {}
