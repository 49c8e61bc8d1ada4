package org.msgr2.session;

import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.PeerIdentity;

/**
 * A peer that has connected and says which session it wants.
 *
 * @param type what it is; proven, where peers authenticate
 * @param identity who authentication says it is
 * @param lossy whether it asks for a session that ends with its connection. Ceph's clients do not ask so for their first
 *     connection to a monitor, and take the monitor's word that it is
 */
public record IncomingPeer(EntityType type, PeerIdentity identity, boolean lossy) {}
