package org.msgr2.crypto.auth.cephx;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;

/**
 * Hears of peers that were refused. What the peer itself is told is always the same: these reasons are for the operator.
 * Called on any thread, perhaps very often, so it must be quick: {@link FailedLogins} counts, and lets a bounded number
 * through to a log.
 */
@FunctionalInterface
public interface LoginListener {
    LoginListener NONE = (claimed, reason) -> {};

    /** Why, coarsely. */
    enum Reason {
        /** No method or connection mode in common; the peer may try another one. */
        METHOD,
        /** No such entity in the keyring. */
        UNKNOWN_ENTITY,
        /** The proof was made with another key. */
        WRONG_KEY,
        /** The entity's key is of a type that is not allowed here. */
        KEY_TYPE,
        /** The entity has no capabilities at the monitor, without which nobody logs in. */
        NO_CAPABILITIES,
        /** A ticket was shown, but no global_id claimed. */
        SUPERFLUOUS_TICKET,
        /** A global_id was claimed without the ticket that proves it. */
        RECLAIM,
        /** A request that the peer may not make, or that nobody knows. */
        REQUEST,
        /** The service's key that a ticket is sealed with is none that we have. */
        UNKNOWN_SECRET,
        /** The keys that are needed to open a ticket did not arrive in time. */
        NO_KEYS,
        /** A ticket or authorizer that cannot be opened, was tampered with, or is for somebody or something else. */
        TICKET,
        /** A genuine ticket, too late. */
        EXPIRED,
        /** The challenge was not answered, or wrongly: perhaps a replay. */
        CHALLENGE
    }

    /**
     * @param claimed who the peer says it is, which proves nothing and may contain any character; null while it has not said
     */
    void refused(@Nullable EntityName claimed, Reason reason);

    /** For refusals of peers at that address; the same listener if it does not care. */
    default LoginListener from(EntityAddr peer) {
        return this;
    }
}
