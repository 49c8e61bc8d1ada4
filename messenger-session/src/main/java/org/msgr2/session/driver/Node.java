package org.msgr2.session.driver;

import io.netty.buffer.ByteBufAllocator;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.MessengerConfig;
import org.msgr2.session.MessengerStats;
import org.msgr2.session.Policy;
import org.msgr2.session.dispatch.DispatchQueue;
import org.msgr2.session.dispatch.DispatcherChain;
import org.msgr2.session.handshake.HandshakeConfig;
import org.msgr2.session.machine.SessionConfig;
import org.msgr2.session.machine.Throttle;
import org.msgr2.session.negotiation.GlobalSeq;
import org.msgr2.session.negotiation.OwnAddresses;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;
import org.msgr2.session.transport.TransportSecurity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections of one messenger share: its identity, its bounds, its registers. Thread-safe. */
public final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final MessengerConfig config;
    private final HandshakeConfig handshakeConfig;
    private final Transport transport;
    private final DispatcherChain chain;
    private final Executor workers;
    private final OwnAddresses addresses;
    private final OwnAddresses tlsAddresses;
    private final GlobalSeq globalSeq;
    private final HandshakeGate gate;
    private final Throttle dispatchBytes;
    /** By the address that is dialled, since one peer can be named by one address or by all of them. */
    private final Map<EntityAddr, ConnectionHandle> dialled = new ConcurrentHashMap<>();
    /**
     * Sessions by their peer's addresses, dialled and accepted alike: at most one for each (spec/msgr2 §5.10). Those of one key
     * are added and removed on one loop, except that any thread may dial.
     */
    private final Map<EntityAddrVec, ConnectionHandle> registered = new ConcurrentHashMap<>();

    private final Set<ConnectionHandle> connections = ConcurrentHashMap.newKeySet();
    private final AbsentPeers absent = new AbsentPeers();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder handshakesFailed = new LongAdder();
    private final LongAdder messagesReplayed = new LongAdder();
    private volatile boolean closed;

    /** @param allocator for received payloads */
    public Node(
            MessengerConfig config,
            Transport transport,
            DispatcherChain chain,
            Executor workers,
            ByteBufAllocator allocator) {
        this.config = config;
        this.transport = transport;
        this.chain = chain;
        this.workers = workers;
        this.handshakeConfig = new HandshakeConfig(
                config.name().type(),
                config.bannerSupported(),
                config.bannerRequired(),
                config.auth(),
                config.allowWeakSecureMode(),
                config.limits(),
                allocator);
        int nonce = (int) config.entropy().nextNonZeroLong();
        this.addresses = new OwnAddresses(nonce);
        this.tlsAddresses = new OwnAddresses(nonce);
        this.globalSeq = new GlobalSeq(config.clock().instant().getEpochSecond());
        this.gate = new HandshakeGate(config.limits().handshake().peersMax());
        this.dispatchBytes = new Throttle(config.limits().queues().dispatchBytesMax());
    }

    /**
     * The connection to that peer: the one that lives, or a new one that begins to dial.
     *
     * @param peer its addresses, of which the first v2 one is dialled
     * @param dialer the messenger's transport, or that transport secured
     * @throws IllegalStateException if the one that lives was dialled otherwise: its bytes are not protected as asked
     */
    public ConnectionHandle connect(EntityType type, EntityAddrVec peer, Transport dialer) {
        synchronized (dialled) {
            ConnectionHandle existing = dialled.getOrDefault(peer.msgr2(), registered.get(peer));
            if (existing == null || existing.isClosed()) {
                ConnectionHandle handle =
                        new ConnectionHandle(this, config.dialPolicy(), type, peer.msgr2(), peer, dialer, loopOf(peer));
                existing = register(peer, handle);
                if (existing.equals(handle)) {
                    connections.add(handle);
                    dialled.put(peer.msgr2(), handle);
                    handle.driver().dial();
                    return handle;
                }
            }
            if (!dialer.equals(existing.dialer())) {
                throw new IllegalStateException("there is a " + existing + " already, with other TLS settings");
            }
            return existing;
        }
    }

    /** @return who has the place from now on: the one that lives there, else the new one */
    private ConnectionHandle register(EntityAddrVec peer, ConnectionHandle handle) {
        return registered.compute(peer, (key, there) -> there == null || there.isClosed() ? handle : there);
    }

    /** Where all sessions with that peer live, for life. */
    Loop loopOf(EntityAddrVec peer) {
        EntityAddr addr = peer.msgr2().isBlankIp() ? peer.first() : peer.msgr2();
        return transport.loop(Math.floorMod(addr.hashCode(), transport.loops()));
    }

    /** The session with that peer, if there is one. On its loop. */
    @Nullable ConnectionDriver registered(EntityAddrVec peer) {
        ConnectionHandle handle = registered.get(peer);
        return handle == null ? null : handle.driver();
    }

    /**
     * The owner of a stream that a peer has opened.
     *
     * @param dialer what its peer is dialled with when the session has lost that stream; null if there is nothing that would
     *     protect it as well
     */
    public StreamListener accept(@Nullable Transport dialer) {
        accepted.increment();
        return Link.accepting(this, dialer);
    }

    /**
     * An accepted link has negotiated a session that is not registered yet.
     *
     * @param peer where it says that it is found
     * @param dialer as for {@link #accept}
     * @return its connection, which is not ready yet
     * @throws ProtocolException if there are too many by now, or the application has begun to dial the peer at this moment
     */
    ConnectionHandle accepted(
            EntityType type, EntityAddr remote, EntityAddrVec peer, @Nullable Transport dialer, Loop loop)
            throws ProtocolException {
        Policy policy = dialer == null ? config.acceptPolicy().waitingForPeer() : config.acceptPolicy();
        boolean dials = !policy.server();
        ConnectionHandle handle = new ConnectionHandle(
                this,
                policy,
                type,
                dials ? peer.msgr2() : remote,
                policy.registers() ? peer : null,
                dials ? dialer : null,
                loop);
        // First added, then counted: so that several loops together keep the bound, and closing misses none.
        connections.add(handle);
        if (closed || (connections.size() > connectionsMax() && !evictAbsent())) {
            connections.remove(handle);
            throw tooMany();
        }
        if (handle.key() != null && !register(handle.key(), handle).equals(handle)) {
            connections.remove(handle);
            throw new ProtocolException(FaultKind.SEQUENCE, "a session with the peer has begun elsewhere");
        }
        return handle;
    }

    /** Makes room: a session whose peer is gone ends. */
    private boolean evictAbsent() {
        ConnectionHandle oldest = absent.takeOldest();
        if (oldest == null) {
            return false;
        }
        connections.remove(oldest); // it counts no more, though its loop may get to it later
        oldest.driver()
                .displaced("there are " + connectionsMax() + " connections, and its peer is gone for the longest");
        return true;
    }

    /** The peer of a session is gone, or is back. Sessions that the application has asked for do not give way to others. */
    void absent(ConnectionHandle handle, boolean gone) {
        if (gone && !handle.equals(dialled.get(handle.peerAddr()))) {
            absent.left(handle);
        } else {
            absent.remove(handle);
        }
    }

    boolean full() {
        return closed || (connections.size() >= connectionsMax() && absent.isEmpty());
    }

    static ProtocolException tooMany() {
        return new ProtocolException(FaultKind.LIMIT, "no more connections are accepted");
    }

    private int connectionsMax() {
        return config.limits().queues().connectionsMax();
    }

    void ended(ConnectionHandle handle) {
        connections.remove(handle);
        absent.remove(handle);
        dialled.remove(handle.peerAddr(), handle);
        if (handle.key() != null) {
            registered.remove(handle.key(), handle);
        }
    }

    void handshakeFailed(String remote, ProtocolException cause) {
        handshakesFailed.increment();
        LOG.info("refused: {}", cause.fromPeer(remote).getMessage());
    }

    void messageReplayed() {
        messagesReplayed.increment();
    }

    /** From now on nobody is accepted; who is not ready yet is dropped. */
    public void stopAccepting() {
        closed = true;
        gate.clear().forEach(link -> link.drop("the messenger is closing"));
    }

    public Collection<ConnectionHandle> connections() {
        return Set.copyOf(connections);
    }

    /** Where we are found without TLS. */
    public OwnAddresses addresses() {
        return addresses;
    }

    /** Where we are found with TLS; nothing unless we listen so. */
    public OwnAddresses tlsAddresses() {
        return tlsAddresses;
    }

    /**
     * What to tell a peer: where it finds us in the way in which it talks to us now. A peer that has no TLS, as Ceph has none,
     * is not told of a port that it cannot use.
     */
    OwnAddresses addressesFor(Link link) {
        boolean listening = !tlsAddresses.current().isEmpty();
        return listening && link.security() != null ? tlsAddresses : addresses;
    }

    public MessengerConfig config() {
        return config;
    }

    public MessengerStats stats() {
        return new MessengerStats(
                connections.size(),
                gate.size(),
                accepted.sum(),
                handshakesFailed.sum(),
                messagesReplayed.sum(),
                chain.unclaimed(),
                dispatchBytes.taken());
    }

    /** Our number within our type: the id if it is one; a client's is not known before a monitor tells it. */
    long gid() {
        try {
            return Long.parseLong(config.name().id());
        } catch (NumberFormatException e) {
            return config.name().type() == EntityType.CLIENT ? -1 : 0;
        }
    }

    UTime wallTime() {
        Instant now = config.clock().instant();
        return new UTime(now.getEpochSecond(), now.getNano());
    }

    SessionConfig sessionConfig(EntityAddr peer, Policy policy) {
        return new SessionConfig(peer.toString(), policy, config.limits(), config.keepaliveInterval());
    }

    DispatchQueue newDispatchQueue() {
        return new DispatchQueue(chain, workers);
    }

    DispatcherChain chain() {
        return chain;
    }

    HandshakeConfig handshakeConfig() {
        return handshakeConfig;
    }

    Transport transport() {
        return transport;
    }

    /**
     * Whether the entity that comes in is the one that a session is with. Where nobody proves anything, everybody is.
     *
     * @param known who the session's peer has proven to be; null while it has not
     * @param dialled of which type it must be
     */
    static boolean isSame(PeerIdentity incoming, @Nullable PeerIdentity known, EntityType dialled) {
        if (known == null) {
            return !incoming.authenticated() || incoming.name().type() == dialled;
        }
        if (!incoming.authenticated() && !known.authenticated()) {
            return true;
        }
        // A service that we have dialled has proven its type, not its id.
        return incoming.authenticated() == known.authenticated()
                && incoming.name().type() == known.name().type()
                && (incoming.name().equals(known.name()) || known.name().id().equals("*"));
    }

    /**
     * Where nobody proves anything in the protocol, a certificate may have done so below it: a peer that has come with
     * one has to come with it again. By its subject, since certificates are renewed.
     */
    static boolean hasSameCertificate(@Nullable TransportSecurity incoming, @Nullable TransportSecurity known) {
        String proven = known == null ? null : known.peerSubject();
        return proven == null || (incoming != null && proven.equals(incoming.peerSubject()));
    }

    LongSupplier cookies() {
        return config.entropy()::nextNonZeroLong;
    }

    GlobalSeq globalSeq() {
        return globalSeq;
    }

    HandshakeGate gate() {
        return gate;
    }

    Throttle dispatchBytes() {
        return dispatchBytes;
    }
}
