package org.msgr2.session.rpc;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Opaque;

/**
 * What a callee tells as it happens. It survives a lost connection and a forgotten session: the service is called again with the
 * last token, until {@link #close}, or until a failure that calling again cannot cure. Thread-safe.
 */
public interface Subscription extends AutoCloseable {

    /** What is heard; one at a time, on a worker. While it does not return the callee is held up. */
    interface Listener<R> {
        /** The next item, or the first of a resynchronization. None is lost or comes twice. */
        void onPush(Push<R> push);

        /** It was interrupted, and goes on as soon as that is possible. */
        default void onInterrupted(CallException why) {}

        /**
         * There is nothing more to hear.
         *
         * @param why null if the callee has ended it well; CANCELLED after {@link Subscription#close}
         */
        default void onEnd(@Nullable CallException why) {}
    }

    /** Of the last item that was heard; the one it began with until then. To begin another with. */
    Opaque token();

    /** How often it was called again. */
    int resumptions();

    /** Ends it; what is under way is not heard any more. */
    @Override
    void close();
}
