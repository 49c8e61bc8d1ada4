package org.msgr2.examples.msgr;

import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.session.Messenger;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.netty.NettyTransport;
import org.msgr2.session.service.EchoService;

/** A running node with all its services: what {@code serve} keeps up and {@code demo} talks to. */
final class Node implements AutoCloseable {
    /**
     * What a node is made of.
     *
     * @param listen where, in this order
     * @param io null is the best that this machine has
     * @param data null if it keeps nothing
     */
    record Setup(
            EntityName name,
            List<EntityAddr> listen,
            @Nullable NettyIo io,
            @Nullable Path data) {}

    private final Messenger messenger;
    private final NettyTransport transport;
    private final List<EntityAddr> addresses = new ArrayList<>();

    private Node(Messenger messenger, NettyTransport transport) {
        this.messenger = messenger;
        this.transport = transport;
    }

    static Node start(Setup setup) throws Failure {
        if (setup.data != null) {
            DataDirectory.create(setup.data);
        }
        NettyTransport transport = transport(setup.io);
        Messenger messenger = Messenger.builder(setup.name.toString())
                .transport(transport)
                .service(new EchoService())
                .build();
        Node node = new Node(messenger, transport);
        try {
            node.listen(setup.listen);
            return node;
        } catch (Failure | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    /** @param io null is the best that this machine has */
    static NettyTransport transport(@Nullable NettyIo io) throws Failure {
        try {
            NettyIo chosen = io == null ? NettyIo.best() : io;
            return new NettyTransport(chosen, Runtime.getRuntime().availableProcessors(), ByteBufAllocator.DEFAULT);
        } catch (IllegalArgumentException e) {
            throw Failure.of("--io " + io + " is not available on this machine; try --io " + NettyIo.best(), e);
        }
    }

    private void listen(List<EntityAddr> listen) throws Failure {
        for (EntityAddr addr : listen) {
            try {
                addresses.add(messenger.bind(addr));
            } catch (IOException e) {
                throw Failure.of(
                        "cannot listen on " + addr + ": " + Faults.root(e) + "; choose another with --listen", e);
            }
        }
    }

    /** Where it listens, with the real ports. */
    List<EntityAddr> addresses() {
        return List.copyOf(addresses);
    }

    String transportName() {
        return messenger.transportName();
    }

    /** Accepts no more, sends what is queued, and ends. */
    @Override
    public void close() {
        messenger.close();
        transport.close();
    }
}
