package org.msgr2.confd.wire;

/** What a client makes of a datagram. */
public sealed interface DecodedReply permits Reply, Rejection {}
