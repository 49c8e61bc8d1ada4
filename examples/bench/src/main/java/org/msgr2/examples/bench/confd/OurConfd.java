package org.msgr2.examples.bench.confd;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.msgr2.confd.ConfdOptions;
import org.msgr2.confd.ConfdService;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.session.Messenger;

/** Our confd as a program of its own: a node whose only tenant it is. */
public final class OurConfd {
    private OurConfd() {}

    /** Runs until it is ended. Arguments: port, configuration file, key file. */
    public static void main(String[] args) throws Exception {
        InetSocketAddress addr = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        ConfdKey key = ConfdKey.of(Files.readAllBytes(Path.of(args[2])));
        ConfdService confd =
                new ConfdService(ConfdOptions.of(Path.of(args[1])).withUdp(ConfdOptions.Udp.of(addr, key)));
        try (Messenger node = Messenger.builder("osd.0").service(confd).build()) {
            System.out.println("confd answers at " + confd.udpAddr() + " in "
                    + node.config().name());
            new CountDownLatch(1).await();
        }
    }
}
