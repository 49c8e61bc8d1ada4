package org.msgr2.examples.msgr;

import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.TicketAuthority;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.session.Messenger;
import org.msgr2.session.MessengerStats;
import org.msgr2.session.Policy;
import org.msgr2.session.mon.AuthorityMaintenance;
import org.msgr2.session.mon.LoneMonitor;
import org.msgr2.session.mon.MonitorService;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.netty.NettyTransport;
import org.msgr2.session.service.EchoService;

/** A running node with all its services: what {@code serve} keeps up and {@code demo} talks to. */
final class Node implements AutoCloseable {
    /**
     * What a node is made of.
     *
     * @param name a monitor's to play the monitor's role, which cephx takes
     * @param clients what it promises to those that dial it
     * @param listen where, in this order
     * @param tls where else, with TLS; null is nowhere
     * @param metrics where to answer HTTP with meters, health and connections; null is nowhere
     * @param confd a tenant about a Ganeti cluster; null is none
     * @param io null is the best that this machine has
     * @param data null if it keeps nothing
     */
    record Setup(
            EntityName name,
            NodeAuth auth,
            Policy clients,
            List<EntityAddr> listen,
            @Nullable NodeTls tls,
            @Nullable EntityAddr metrics,
            @Nullable NodeConfd confd,
            @Nullable NettyIo io,
            @Nullable Path data) {}

    private final EntityName name;
    private final NodeSecurity security;
    private final Messenger messenger;
    private final @Nullable NodeConfd confd;
    private final List<Endpoint> endpoints;
    private final List<FrontEnd> frontEnds = new CopyOnWriteArrayList<>();

    /** The last is closed first. */
    private final Deque<AutoCloseable> resources;

    private Node(
            EntityName name,
            NodeSecurity security,
            Messenger messenger,
            @Nullable NodeConfd confd,
            List<Endpoint> endpoints,
            Deque<AutoCloseable> resources) {
        this.name = name;
        this.security = security;
        this.messenger = messenger;
        this.confd = confd;
        this.endpoints = endpoints;
        this.resources = resources;
    }

    static Node start(Setup setup) throws Failure {
        Deque<AutoCloseable> resources = new ArrayDeque<>();
        try {
            return start(setup, resources);
        } catch (Failure | RuntimeException e) {
            close(resources);
            throw e;
        }
    }

    private static Node start(Setup setup, Deque<AutoCloseable> resources) throws Failure {
        if (setup.data != null) {
            DataDirectory.create(setup.data);
            resources.push(DataDirectory.lock(setup.data));
        }
        NodeSecurity security = NodeSecurity.open(setup.auth, setup.name, setup.data);
        resources.push(security);
        ConfdTenant confd = setup.confd == null ? null : ConfdTenant.open(setup.confd);
        TlsContext tls = setup.tls == null ? null : setup.tls.open();
        NettyTransport transport = transport(setup.io);
        resources.push(transport);
        List<Endpoint> endpoints = new CopyOnWriteArrayList<>();
        NodeStatus status = new NodeStatus(setup.name, ClusterId.open(setup.data), security, endpoints);
        NodeMetrics metrics = null;
        if (setup.metrics != null) {
            metrics = new NodeMetrics(security.failures());
            resources.push(metrics); // answers until everything else has ended
        }
        Messenger messenger = messenger(setup, security, status, transport, metrics, confd);
        resources.push(messenger);
        status.runsOn(messenger);
        Node node = new Node(setup.name, security, messenger, setup.confd, endpoints, resources);
        for (EntityAddr addr : setup.listen) {
            node.listen(addr, null, "--listen");
        }
        if (setup.tls != null) {
            node.listen(setup.tls.addr(), tls, "--tls");
        }
        if (confd != null) {
            node.frontEnds.addAll(confd.frontEnds());
        }
        if (setup.metrics != null && metrics != null) {
            node.frontEnds.add(new FrontEnd("metrics", metrics.listen(setup.metrics, messenger)));
        }
        return node;
    }

    private static Messenger messenger(
            Setup setup,
            NodeSecurity security,
            NodeStatus status,
            NettyTransport transport,
            @Nullable NodeMetrics metrics,
            @Nullable ConfdTenant confd)
            throws Failure {
        EntityName name = setup.name;
        Messenger.Builder builder = Messenger.builder(name.toString())
                .transport(transport)
                .auth(self -> security.provider())
                // A real Ceph client refuses peers that know much less than itself.
                .acceptPolicy(setup.clients.withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .service(new EchoService());
        if (metrics != null) {
            builder.meters(metrics.registry());
        }
        TicketAuthority authority = security.authority();
        if (authority != null) {
            builder.service(new AuthorityMaintenance(authority));
        }
        if (name.type() == EntityType.MON) {
            Instant created = status.cluster().created();
            LoneMonitor monitor = new LoneMonitor(
                    name.id(), status.cluster().fsid(), new UTime(created.getEpochSecond(), created.getNano()));
            builder.service(new MonitorService(monitor, new NodeCommands(monitor, status)));
        }
        if (confd != null) {
            confd.addTo(builder);
        }
        try {
            return builder.build();
        } catch (UncheckedIOException e) {
            throw Failure.of(Faults.oneLine(e.getMessage()), e);
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

    private void listen(EntityAddr addr, @Nullable TlsContext tls, String option) throws Failure {
        try {
            if (tls == null) {
                endpoints.add(new Endpoint("msgr2", messenger.bind(addr), null));
            } else {
                EntityAddr bound = messenger.bindTls(addr, tls);
                endpoints.add(new Endpoint(
                        "msgr2-tls",
                        bound,
                        tls.config().identity() == null
                                ? null
                                : tls.config().identity().fingerprint()));
            }
        } catch (IOException e) {
            throw Failure.of("cannot listen on " + addr + ": " + Faults.root(e) + "; choose another with " + option, e);
        }
    }

    EntityName name() {
        return name;
    }

    /** Where it listens, with the real ports. */
    List<Endpoint> endpoints() {
        return List.copyOf(endpoints);
    }

    /** Where else it answers, in another protocol. */
    List<FrontEnd> frontEnds() {
        return List.copyOf(frontEnds);
    }

    /** Where it listens without TLS, with the real ports. */
    List<EntityAddr> addresses() {
        return endpoints.stream()
                .filter(endpoint -> endpoint.fingerprint() == null)
                .map(Endpoint::addr)
                .toList();
    }

    /** Its tenant about a Ganeti cluster; null is none. */
    @Nullable NodeConfd confd() {
        return confd;
    }

    NodeSecurity security() {
        return security;
    }

    /** The mode that a client is best told to ask for. */
    ConnectionMode bestMode() {
        return security.modes().contains(ConnectionMode.SECURE) ? ConnectionMode.SECURE : ConnectionMode.CRC;
    }

    String transportName() {
        return messenger.transportName();
    }

    MessengerStats stats() {
        return messenger.stats();
    }

    /** Accepts no more, sends what is queued, and ends. */
    @Override
    public void close() {
        close(resources);
    }

    private static void close(Deque<AutoCloseable> resources) {
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (RuntimeException e) {
                close(resources);
                throw e;
            } catch (Exception e) {
                // The lock of a directory: the end of the process unlocks it too.
            }
        }
    }
}
