package org.msgr2.session.rpc;

import org.jspecify.annotations.Nullable;

/** Sees every call that a messenger's services get. Thread-safe; what it throws, other than a {@link CallException}, is logged. */
public interface CalleeInterceptor {

    /**
     * Before the handler, on the service's worker. Permissions are checked already.
     *
     * @throws CallException to refuse it
     */
    default void starting(CallContext context) {}

    /**
     * When the call has ended for the caller, however, on one of the service's workers.
     *
     * @param failure null if it ended well
     */
    default void ended(CallContext context, @Nullable CallException failure) {}
}
