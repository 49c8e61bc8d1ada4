package org.msgr2.session;

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
 */
public record MessengerStats(
        int connections,
        int handshakes,
        long accepted,
        long handshakesFailed,
        long messagesReplayed,
        long messagesUnclaimed,
        long dispatchBytes) {}
