package org.msgr2.session.rpc;

import org.msgr2.core.wire.Opaque;

/**
 * An item of a subscription.
 *
 * @param token where the subscription can go on behind this item, also at another callee or after its restart: a revision, say.
 *     At most {@code Limits.Calls.tokenBytesMax}
 * @param anew the callee could not go on where the subscriber was (<i>too old</i>): what was told before is void, and this is the
 *     first of what is true now
 */
public record Push<R>(R item, Opaque token, boolean anew) {

    /** The next item. */
    public static <R> Push<R> of(R item, Opaque token) {
        return new Push<>(item, token, false);
    }

    /** The first item of a resynchronization. */
    public static <R> Push<R> anew(R item, Opaque token) {
        return new Push<>(item, token, true);
    }
}
