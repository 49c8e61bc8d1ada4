package org.msgr2.confd.wire;

/** What a server makes of a datagram. */
public sealed interface Decoded permits Request, Rejection {}
