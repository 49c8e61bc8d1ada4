package org.msgr2.confd.client;

/**
 * Where a client machine's datagrams go.
 *
 * @param <P> how peers are told apart
 */
@FunctionalInterface
public interface DatagramSender<P> {
    /** Sends, or loses, a datagram; must not change it. */
    void send(P peer, byte[] datagram);
}
