package org.msgr2.session;

/**
 * Chooses what the connections that we accept promise. Called on event loops, several at once, once or more for a connection:
 * must be quick, and answer the same for the same peer.
 */
@FunctionalInterface
public interface AcceptPolicy {

    /** @return a server's policy, or a lossless peer's */
    Policy of(IncomingPeer peer);
}
