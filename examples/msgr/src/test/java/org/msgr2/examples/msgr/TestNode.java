package org.msgr2.examples.msgr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.Messenger;
import org.msgr2.session.Service;

/** A messenger in this JVM, on any free port, for a command to talk to. */
final class TestNode implements AutoCloseable {
    private final Messenger messenger;
    private final EntityAddr addr;

    private TestNode(Messenger messenger, EntityAddr addr) {
        this.messenger = messenger;
        this.addr = addr;
    }

    static TestNode start(String name, Service service) {
        return start(Messenger.builder(name).service(service));
    }

    static TestNode start(Messenger.Builder builder) {
        Messenger messenger = builder.build();
        try {
            return new TestNode(messenger, messenger.bind(EntityAddr.parse("v2:127.0.0.1:0")));
        } catch (IOException e) {
            messenger.close();
            throw new UncheckedIOException(e);
        }
    }

    /** A port that nobody listens on. */
    static String unusedAddr() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "v2:127.0.0.1:" + socket.getLocalPort() + "/0";
        }
    }

    String addr() {
        return addr.toString();
    }

    int port() {
        return addr.port();
    }

    @Override
    public void close() {
        messenger.close();
    }
}
