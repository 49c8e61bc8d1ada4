package org.msgr2.session.machine;

/** The timers of a session; each has one deadline at a time. */
public enum TimerId {
    /** An attempt to connect has to be ready by now. */
    READY,
    /** The time to dial again. */
    BACKOFF,
    /** The peer of an interrupted session has to be back by now. */
    STANDBY,
    /** Nothing was read for too long. */
    IDLE,
    /** The time for an unasked KEEPALIVE2. */
    KEEPALIVE,
    /** A KEEPALIVE2 has to be answered by now. */
    KEEPALIVE_ACK,
    /** Closing has taken long enough. */
    CLOSE
}
