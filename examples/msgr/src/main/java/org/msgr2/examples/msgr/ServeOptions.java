package org.msgr2.examples.msgr;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.session.Policy;
import org.msgr2.session.mon.RefusedLoginLog;
import org.msgr2.session.netty.NettyIo;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code msgr serve} that are also keys of its configuration file. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServeOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Directory for what has to last: keys, and the cluster's id. Created for the owner only. Needed"
                            + " for cephx.")
    private @Nullable Path data;

    @Option(
            names = "--listen",
            paramLabel = "ADDR",
            defaultValue = "v2:127.0.0.1:3400",
            description = "Where to listen; repeatable; port 0 is any free one. Default: ${DEFAULT-VALUE}.")
    private List<EntityAddr> listen;

    @Option(
            names = "--name",
            paramLabel = "TYPE.ID",
            defaultValue = "mon.node",
            description = "The node's own name. One of type mon answers as a monitor, and that is what cephx takes."
                    + " Default: ${DEFAULT-VALUE}.")
    private EntityName name;

    @Option(
            names = "--auth",
            paramLabel = "METHOD",
            defaultValue = "cephx",
            description = "How peers prove who they are: cephx, or none: not at all. Default: ${DEFAULT-VALUE}.")
    private Auth auth;

    @Option(
            names = "--keyring",
            paramLabel = "FILE",
            description = "Who may log in, and the node's own key. Default: DIR/keyring, made at the first start.")
    private @Nullable Path keyring;

    @Option(
            names = "--modes",
            paramLabel = "\"MODE...\"",
            defaultValue = "secure crc",
            description = "Connection modes that peers may choose: secure, crc, or both. Default: ${DEFAULT-VALUE}.")
    private String modes;

    @Option(
            names = "--insecure-expose",
            description = "Allow --auth none, and --metrics, on addresses that others can reach.")
    private boolean insecureExpose;

    @Option(
            names = "--tls",
            paramLabel = "HOST:PORT",
            description = "Listen here too, for msgr2 inside TLS; not for Ceph's programs. With one of:")
    private @Nullable EntityAddr tls;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "The node's certificates, PEM; its own first.")
    private @Nullable Path tlsCert;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The private key of the certificate, PEM.")
    private @Nullable Path tlsKey;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "Certificates of authorities, PEM: clients must have a certificate that one of them signed.")
    private @Nullable Path tlsCa;

    @Option(
            names = "--tls-dev",
            description = "Instead of files: a new pair at each start, for loopback; prints its fingerprint.")
    private boolean tlsDev;

    @Option(
            names = "--metrics",
            paramLabel = "HOST:PORT",
            description = "Answer HTTP here: /metrics for Prometheus, /health, /connections. Default: nowhere.")
    private @Nullable EntityAddr metrics;

    @Mixin
    private ServeConfdOptions confd;

    @Option(
            names = "--io",
            paramLabel = "HOW",
            description = "How to talk to the kernel: epoll, nio, io_uring. Default: the best there is.")
    private @Nullable Io io;

    /** By the names that users type. */
    private enum Auth {
        cephx,
        none
    }

    /** By the names that users type. */
    private enum Io {
        epoll,
        nio,
        io_uring
    }

    /** Checks what is wanted, before anything is started. */
    Node.Setup setup() throws Failure {
        for (EntityAddr addr : listen) {
            check(addr);
        }
        checkMetrics();
        return new Node.Setup(
                name,
                auth == Auth.none ? withoutKeys() : cephx(),
                Policy.statelessServer(), // as Ceph's tools know a monitor
                listen,
                tls == null ? withoutTls() : withTls(tls),
                metrics,
                confd.setup(),
                io == null ? null : NettyIo.valueOf(io.name().toUpperCase(Locale.ROOT)),
                data);
    }

    private void check(EntityAddr addr) throws Failure {
        if (addr.type() != EntityAddr.Type.MSGR2 || addr.ip().length == 0) {
            throw Failure.usage("cannot listen on " + addr + ": not a v2 address");
        }
        if (auth == Auth.none && !insecureExpose && !isLoopback(addr)) {
            throw Failure.usage("--auth none lets everyone who can reach " + addr
                    + " in; give --insecure-expose as well if that is what you want");
        }
    }

    private void checkMetrics() throws Failure {
        if (metrics == null) {
            return;
        }
        if (metrics.type() != EntityAddr.Type.MSGR2 || metrics.ip().length == 0) {
            throw Failure.usage("cannot listen on " + metrics + ": --metrics takes HOST:PORT");
        }
        if (!insecureExpose && !isLoopback(metrics)) {
            throw Failure.usage("--metrics asks nobody who he is, and everyone who can reach " + metrics
                    + " could see who talks to this node; give --insecure-expose as well if that is what you want");
        }
    }

    private NodeAuth withoutKeys() throws Failure {
        if (keyring != null) {
            throw Failure.usage("--keyring has no use with --auth none; leave out one of the two");
        }
        if (!modes().contains(ConnectionMode.CRC)) {
            throw Failure.usage("without keys there is no mode secure; leave out --auth none, or give --modes crc");
        }
        return new NodeAuth.None();
    }

    private NodeAuth cephx() throws Failure {
        if (name.type() != EntityType.MON || name.id().isEmpty()) {
            throw Failure.usage("with cephx a node is its own monitor, which " + name
                    + " cannot be; give --name mon.ID, or --auth none");
        }
        if (data == null) {
            throw Failure.usage("cephx needs a directory for keys: give --data DIR, or --auth none to do without");
        }
        return new NodeAuth.Cephx(keyring, modes(), new RefusedLoginLog());
    }

    private List<ConnectionMode> modes() throws Failure {
        List<ConnectionMode> all = new ArrayList<>();
        for (String word : modes.strip().split("[ ,]+", -1)) {
            ConnectionMode mode = NodeAuth.MODES.stream()
                    .filter(known -> known.toString().equals(word))
                    .findFirst()
                    .orElseThrow(() -> Failure.usage("--modes takes \"secure\", \"crc\" or \"secure crc\", not \""
                            + Faults.oneLine(modes) + "\""));
            if (!all.contains(mode)) {
                all.add(mode);
            }
        }
        return all;
    }

    private @Nullable NodeTls withoutTls() throws Failure {
        if (tlsCert != null || tlsKey != null || tlsCa != null || tlsDev) {
            String given =
                    tlsCert != null ? "--tls-cert" : tlsKey != null ? "--tls-key" : tlsDev ? "--tls-dev" : "--tls-ca";
            throw Failure.usage(given + " has no use without --tls HOST:PORT");
        }
        return null;
    }

    private NodeTls withTls(EntityAddr addr) throws Failure {
        check(addr);
        if (tlsDev) {
            if (tlsCert != null || tlsKey != null || tlsCa != null) {
                throw Failure.usage(
                        "--tls-dev makes its own certificate; leave out --tls-cert, --tls-key and --tls-ca");
            }
            if (!isLoopback(addr)) {
                throw Failure.usage("--tls-dev is for loopback, not for " + addr
                        + "; give --tls-cert FILE and --tls-key FILE there");
            }
            return new NodeTls(addr, null);
        }
        if (tlsCert == null || tlsKey == null) {
            throw Failure.usage("--tls needs both --tls-cert FILE and --tls-key FILE, or --tls-dev alone");
        }
        return new NodeTls(addr, new NodeTls.Files(tlsCert, tlsKey, tlsCa));
    }

    private static boolean isLoopback(EntityAddr addr) {
        try {
            return InetAddress.getByAddress(addr.ip()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false; // not of 4 or 16 bytes: nothing that one could listen on
        }
    }
}
