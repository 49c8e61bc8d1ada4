package org.msgr2.examples.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.Objects;
import org.msgr2.confd.ConfdOptions;
import org.msgr2.confd.ConfdService;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.WireMode;
import org.msgr2.session.Messenger;

/** Our confd as the only tenant of a messenger. It takes the requests of all releases. */
final class OurConfd implements ConfdDaemon {

    private final Messenger node;
    private final ConfdService service;

    private OurConfd(Messenger node, ConfdService service) {
        this.node = node;
        this.service = service;
    }

    /** Starts it with the files of this directory. */
    static OurConfd start(ConfdHost host) throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        ConfdService service = new ConfdService(ConfdOptions.of(host.config())
                .withUdp(ConfdOptions.Udp.of(anyPort, ConfdKey.of(Files.readAllBytes(host.key())))
                        .withMode(WireMode.AUTO)));
        return new OurConfd(Messenger.builder("osd.0").service(service).build(), service);
    }

    @Override
    public int port() {
        return Objects.requireNonNull(service.udpAddr()).getPort();
    }

    @Override
    public String name() {
        return "our confd";
    }

    @Override
    public void close() {
        node.close();
    }
}
