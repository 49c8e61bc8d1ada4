package org.msgr2.crypto.auth.cephx;

/** How a session came by its global_id (spec/msgr2 §3.10). */
enum GlobalIdStatus {
    /** A new one, for a client that will show its ticket when it wants the id back. */
    NEW_OK,
    /** A new one, for a client that may be too old for that. */
    NEW_NOT_EXPOSED,
    /** The one it had, proven by its ticket. */
    RECLAIM_OK,
    /** The one that it says it had. */
    RECLAIM_INSECURE
}
