package org.msgr2.session.testing.sim;

import org.jspecify.annotations.Nullable;
import org.msgr2.session.SessionEvent;

/** Whether what an application is told of one connection makes sense, one event after the other. */
final class SimEvents {
    private boolean ready;
    private int attempts;
    /** Since the last attempt that told its end. A reset by the peer's own connection ends the attempt that it crosses. */
    private int resets;

    /** @return what is wrong with it; null if nothing */
    @Nullable String next(SessionEvent event) {
        if (event instanceof SessionEvent.Connected) {
            // Who dials has lost a connection before, or a session.
            String wrong = ready ? "is connected once more, and was not interrupted" : null;
            ready = true;
            attempts = 0;
            resets = 0;
            return wrong;
        }
        if (event instanceof SessionEvent.Accepted) {
            ready = true; // perhaps in the place of another connection
            attempts = 0;
            resets = 0;
        } else if (event instanceof SessionEvent.Interrupted) {
            if (!ready) {
                attempts++; // one that nothing was waiting for: the session is quiet now
            }
            ready = false;
        } else if (event instanceof SessionEvent.RemoteReset) {
            ready = false;
            resets++;
        } else if (event instanceof SessionEvent.AttemptFailed failed) {
            int next = attempts + 1;
            String wrong = failed.attempt() < next || failed.attempt() > next + resets
                    ? "fails in attempt " + failed.attempt() + " after " + attempts
                    : null;
            attempts = failed.attempt();
            resets = 0;
            return wrong;
        }
        return null;
    }
}
