package org.msgr2.session.rpc;

import org.msgr2.session.Connection;

/** The client side of calls: {@code messenger.calls()}. Thread-safe. */
public interface Calls {

    /** A service at the other end of a connection. Calls may be made before the connection is ready: they wait, within their time. */
    ServiceClient service(String service, Connection connection);

    /**
     * A service at one of several peers, which are connected to when they are needed, and again. A call is given to a peer that is
     * ready, and waits for one within its time; it is never moved from one to another. Keep the client: it has the connections, until {@link ServiceClient#close}.
     */
    ServiceClient service(String service, Resolver resolver, Pick pick);
}
