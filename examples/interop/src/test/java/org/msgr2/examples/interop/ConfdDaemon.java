package org.msgr2.examples.interop;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A confd that answers on 127.0.0.1, whoever wrote it. */
interface ConfdDaemon extends AutoCloseable {

    /** Its UDP port. */
    int port();

    /** Where it listens. */
    default InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
    }

    /** For a description. */
    String name();

    @Override
    void close();
}
