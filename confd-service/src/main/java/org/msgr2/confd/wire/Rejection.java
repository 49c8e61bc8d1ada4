package org.msgr2.confd.wire;

import java.util.Locale;

/** Why a datagram is met with silence, in the order of the checks (spec/confd §1.2). */
public enum Rejection implements Decoded, DecodedReply {
    /** It does not begin with "plj0" and a brace. */
    MAGIC,
    /** The envelope is no JSON object of three strings; a request that is longer than the buffer ends up here. */
    ENVELOPE,
    /** Not signed with our key. */
    HMAC,
    /** The message in the envelope is no JSON object with the keys and types of a request. */
    MESSAGE,
    /** No request type, or none of the era. */
    TYPE,
    /** The query has a shape that no type takes. */
    QUERY,
    /** The salt is no time, or one too far from ours. */
    TIME,
    /** A fair question whose reply fits no datagram. */
    REPLY_SIZE;

    /** The name that metrics use. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
