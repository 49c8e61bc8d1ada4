package org.msgr2.session.rpc;

import org.jspecify.annotations.Nullable;

/** Sees every call that a client makes. Thread-safe; what it throws, other than a {@link CallException}, is logged. */
public interface CallerInterceptor {

    /**
     * Before anything is sent, on the caller's thread.
     *
     * @return the options to go on with: to add metadata, to shorten a deadline
     * @throws CallException to refuse it
     */
    default CallOptions starting(String service, Method<?, ?> method, CallOptions options) {
        return options;
    }

    /**
     * When the call that {@link #starting} has let pass has ended.
     *
     * @param failure null if it ended well
     */
    default void ended(String service, Method<?, ?> method, CallOptions options, @Nullable CallException failure) {}
}
