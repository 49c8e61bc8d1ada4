package org.msgr2.session.rpc;

/** Which of several peers gets the next call. */
public enum Pick {
    /** The first that can be reached, as long as it can. */
    FIRST,
    /** All that can be reached, in turn. */
    ROUND_ROBIN
}
