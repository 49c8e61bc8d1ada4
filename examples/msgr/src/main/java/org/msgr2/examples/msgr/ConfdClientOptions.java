package org.msgr2.examples.msgr;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.ConfdOptions;
import org.msgr2.confd.KeyFile;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.Era;
import org.msgr2.core.address.EntityAddr;
import picocli.CommandLine.Option;

/** Which confds are asked, and how they are to believe us: over UDP by a key, or a node by what it knows of us. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ConfdClientOptions {
    @Option(
            names = "--peer",
            paramLabel = "HOST[:PORT]",
            description = "A confd, asked over UDP; repeat it for more: the newest answer of enough of them counts."
                    + " Default port: 1814.")
    private List<HostPort> peers = new ArrayList<>();

    @Option(
            names = "--node",
            paramLabel = "ADDR",
            description = "A node with a confd, asked over msgr2 instead: v2:HOST:PORT[/NONCE].")
    private @Nullable EntityAddr node;

    @Option(names = "--key", paramLabel = "FILE", description = "The cluster's HMAC key: hmac.key of Ganeti.")
    private @Nullable Path key;

    @Option(
            names = "--wire",
            paramLabel = "ERA",
            description = "Which Ganeti the peers are: 3.0, or 2.7 for all before 2.12. Default: 3.0.")
    private @Nullable Era era;

    ConfdPeer connect(CephOptions msgr2) throws Failure, InterruptedException {
        if (node != null) {
            if (!peers.isEmpty() || key != null) {
                throw Failure.usage("--node is over msgr2, --peer and --key are over UDP: give one or the other");
            }
            if (era != null) {
                throw Failure.usage("--wire is about UDP, and a --node is asked over msgr2, which has one form only:"
                        + " leave --wire out, or ask with --peer HOST and --key FILE");
            }
            return ConfdMsgr2.open(msgr2, node);
        }
        if (peers.isEmpty()) {
            throw Failure.usage("which confd? give --peer HOST and --key FILE, or --node ADDR");
        }
        if (key == null) {
            throw Failure.usage("questions over UDP are signed: give --key FILE, the cluster's hmac.key");
        }
        ConfdKey secret;
        try {
            secret = KeyFile.read(key);
        } catch (IOException e) {
            throw Failure.of(Faults.oneLine(e.getMessage()), e);
        }
        List<InetSocketAddress> resolved = new ArrayList<>();
        for (HostPort peer : peers) {
            resolved.add(peer.resolve(ConfdOptions.Udp.PORT_DEFAULT));
        }
        return ConfdUdp.open(
                secret, resolved.stream().distinct().toList(), era == null ? Era.V3_0 : era, msgr2.timeout());
    }
}
