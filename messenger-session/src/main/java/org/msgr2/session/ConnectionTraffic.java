package org.msgr2.session;

/**
 * What has passed over a connection since its beginning, whichever byte streams carried it. Bytes are those of the streams from
 * the first frame behind the handshake on: control frames and what protects frames included, TLS below them not.
 *
 * @param messagesReceived delivered, each once
 * @param messagesSent written to their end, those written once more included
 * @param messagesReplayed of those sent: written once more, since a stream broke before the peer had acknowledged them
 */
public record ConnectionTraffic(
        long messagesReceived, long bytesReceived, long messagesSent, long bytesSent, long messagesReplayed) {
    /** Before anything has passed. */
    public static final ConnectionTraffic NONE = new ConnectionTraffic(0, 0, 0, 0, 0);
}
