package org.msgr2.core;

/** What kind of wrong a peer did: the first thing an operator wants to know. */
public enum FaultKind {
    /** The bytes do not form what the protocol says should be there. */
    MALFORMED,
    /** A checksum or an authentication tag does not match: the bytes changed on their way. */
    INTEGRITY,
    /** The peer could not prove who it is, or is not who we wanted to talk to. */
    AUTH,
    /** One end needs something that the other end cannot do. */
    FEATURE,
    /** A frame or a sequence number at a moment where the protocol has no place for it. */
    SEQUENCE,
    /** Well formed, but more than our limits allow. */
    LIMIT,
    /** The peer did not answer in time. */
    TIMEOUT,
    /** The byte stream itself ended or could not be opened. */
    TRANSPORT
}
