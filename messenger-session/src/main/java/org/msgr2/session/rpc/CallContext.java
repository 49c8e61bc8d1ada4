package org.msgr2.session.rpc;

import java.time.Duration;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.msgr2.crypto.auth.Access;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.Connection;

/** A call, as its callee sees it. Thread-safe; valid as long as anybody likes, though the call may have ended. */
public interface CallContext {

    String service();

    String method();

    /** The connection that it came over. */
    Connection connection();

    /** Who calls, as far as authentication has established it. */
    PeerIdentity caller();

    /** What the caller sent along. */
    Map<String, String> metadata();

    /** Until the caller gives up; null if it does not. Never negative. For calls that are made on the caller's behalf. */
    @Nullable Duration remaining();

    /**
     * Whether nobody waits for the answer any more: the caller has cancelled, its time is over, the session is gone, or the node
     * is being drained and has ended this subscription. A handler that takes long should look now and then.
     */
    boolean isCancelled();

    /**
     * Runs when {@link #isCancelled} becomes true, or at once if it is; on one of the service's workers (the messenger's, if it
     * is fast), after other callbacks of this call. Not if the call ends otherwise.
     */
    void onCancel(Runnable action);

    /** For interceptors and handlers of this call to leave things for each other; null if there is nothing of that name. */
    @Nullable Object attribute(String name);

    void attribute(String name, Object value);

    /**
     * For a method whose permission is {@link Permission#qualified}.
     *
     * @param within (key, value) of a restriction → whether this request is within it; false for a key that is not known
     * @throws CallException PERMISSION_DENIED, which names the caller and what was missing
     */
    void require(Access access, BiPredicate<String, String> within);
}
