package org.msgr2.session.rpc;

import org.jspecify.annotations.Nullable;
import org.msgr2.crypto.auth.Access;

/**
 * What a caller needs to be allowed, towards the service that it calls ({@code confd 'allow r'} for {@link Access#READ}).
 *
 * @param access null if anybody may call, authenticated or not: for pings and for what is no secret
 * @param qualified a grant that is restricted ({@code path=/x}) is enough to get in: the handler then checks what it restricts,
 *     with {@link CallContext#require}
 */
public record Permission(@Nullable Access access, boolean qualified) {
    private static final Permission OPEN = new Permission(null, false);

    /** Anybody may call. */
    public static Permission open() {
        return OPEN;
    }

    /** A grant without any restriction is needed. */
    public static Permission of(Access access) {
        return new Permission(access, false);
    }

    /** Any grant of that access is enough to get in; the handler checks the rest. */
    public static Permission qualified(Access access) {
        return new Permission(access, true);
    }
}
