package org.msgr2.session.driver;

import org.jspecify.annotations.Nullable;
import org.msgr2.session.dispatch.ServiceShare;

/**
 * Keeps a connection from reading while a service that it has overfilled has no room: others that talk to other services go
 * on. Asked on the loop, one request at a time.
 */
final class ServiceHold {
    private @Nullable ServiceShare overfilled;

    /** The connection has brought the service more than its share. */
    void overfilled(ServiceShare share) {
        overfilled = share;
    }

    /**
     * @param then runs on any thread when there is room, if there is none now
     * @return whether the connection has to wait for that
     */
    boolean holds(Runnable then) {
        ServiceShare share = overfilled;
        if (share == null) {
            return false;
        }
        if (share.awaitRoom(this, then)) {
            overfilled = null;
            return false;
        }
        return true;
    }

    /** The transport is gone, and nothing is read from it. */
    void forget() {
        ServiceShare share = overfilled;
        if (share != null) {
            share.forget(this);
        }
    }
}
