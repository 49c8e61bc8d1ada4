package org.msgr2.examples.msgr;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.session.netty.NettyIo;
import picocli.CommandLine.Option;

/** The options of {@code msgr serve} that are also keys of its configuration file. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServeOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory for what has to last; created for the owner only. Nothing lasts yet.")
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
            defaultValue = "mgr.node",
            description = "The node's own name. Default: ${DEFAULT-VALUE}.")
    private EntityName name;

    @Option(
            names = "--auth",
            paramLabel = "METHOD",
            defaultValue = "cephx",
            description =
                    "How peers prove who they are: none, or cephx: not in this version. Default: ${DEFAULT-VALUE}.")
    private CephOptions.Auth auth;

    @Option(names = "--insecure-expose", description = "Allow --auth none on addresses that others can reach.")
    private boolean insecureExpose;

    @Option(
            names = "--io",
            paramLabel = "HOW",
            description = "How to talk to the kernel: epoll, nio, io_uring. Default: the best there is.")
    private @Nullable Io io;

    /** By the names that users type. */
    private enum Io {
        epoll,
        nio,
        io_uring
    }

    /** Checks what is wanted, before anything is started. */
    Node.Setup setup() throws Failure {
        if (auth != CephOptions.Auth.none) {
            throw Failure.usage(
                    "only --auth none is available in this version: give it to run a node without" + " authentication");
        }
        for (EntityAddr addr : listen) {
            if (addr.type() != EntityAddr.Type.MSGR2 || addr.ip().length == 0) {
                throw Failure.usage("cannot listen on " + addr + ": not a v2 address");
            }
            if (!insecureExpose && !isLoopback(addr)) {
                throw Failure.usage("--auth none lets everyone who can reach " + addr
                        + " in; give --insecure-expose as well if that is what you want");
            }
        }
        return new Node.Setup(
                name, listen, io == null ? null : NettyIo.valueOf(io.name().toUpperCase(Locale.ROOT)), data);
    }

    private static boolean isLoopback(EntityAddr addr) {
        try {
            return InetAddress.getByAddress(addr.ip()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false; // not of 4 or 16 bytes: nothing that one could listen on
        }
    }
}
