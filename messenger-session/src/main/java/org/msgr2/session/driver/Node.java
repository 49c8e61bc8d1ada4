package org.msgr2.session.driver;

import io.netty.buffer.ByteBufAllocator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionListing;
import org.msgr2.session.HandshakeListener.HandshakeEnded;
import org.msgr2.session.MessengerConfig;
import org.msgr2.session.MessengerStats;
import org.msgr2.session.Policy;
import org.msgr2.session.accept.AcceptRule;
import org.msgr2.session.dispatch.ConnectionQueues;
import org.msgr2.session.dispatch.DispatchScheduler;
import org.msgr2.session.dispatch.DispatcherChain;
import org.msgr2.session.dispatch.ServiceLanes;
import org.msgr2.session.handshake.HandshakeConfig;
import org.msgr2.session.machine.SessionConfig;
import org.msgr2.session.machine.Throttle;
import org.msgr2.session.negotiation.AcceptNegotiation.Claim;
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
    private final ServiceLanes lanes;
    private final DispatchScheduler dispatchScheduler;
    private final OwnAddresses addresses;
    private final OwnAddresses tlsAddresses;
    private final GlobalSeq globalSeq;
    private final HandshakeGate gate;
    private final Throttle dispatchBytes;
    private final PolicyAccounts policyAccounts = new PolicyAccounts();
    private final SessionRegistry sessions;
    private final Loopbacks loopbacks = new Loopbacks(this);
    private final LongAdder accepted = new LongAdder();
    private final LongAdder handshakesFailed = new LongAdder();
    private final LongAdder messagesReplayed = new LongAdder();
    private final RuleCounts acceptDecisions = new RuleCounts();
    private final NodeCounters counters = new NodeCounters();

    /**
     * @param lanes which services get the messages of which types
     * @param allocator for received payloads
     */
    public Node(
            MessengerConfig config,
            Transport transport,
            DispatcherChain chain,
            ServiceLanes lanes,
            Executor workers,
            ByteBufAllocator allocator) {
        this.config = config;
        this.transport = transport;
        this.chain = chain;
        this.lanes = lanes;
        this.dispatchScheduler = new DispatchScheduler(workers);
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
        this.sessions = new SessionRegistry(config.limits().queues().connectionsMax());
        this.dispatchBytes = new Throttle(config.limits().queues().dispatchBytesMax());
    }

    /**
     * The connection to that peer: the one that lives, or a new one that begins to dial.
     *
     * @param peer its addresses, of which the first v2 one is dialled; if that is ours, the connection is to ourselves
     * @param dialer the messenger's transport, or that transport secured
     * @throws IllegalStateException if the one that lives was dialled otherwise: its bytes are not protected as asked
     */
    public Connection connect(EntityType type, EntityAddrVec peer, Transport dialer) {
        if (isOwn(peer.msgr2())) {
            return loopbacks.shared(type, peer.msgr2());
        }
        ConnectionHandle handle =
                sessions.dial(peer, () -> newDialling(type, config.policies().toDial(type), peer, peer, dialer));
        if (!dialer.equals(handle.dialer())) {
            throw new IllegalStateException(
                    handle.dialer() == null
                            ? "there is a " + handle + " already, and only the peer can dial for it"
                            : "there is a " + handle + " already, with other TLS settings");
        }
        return handle;
    }

    /** A connection to that peer that nobody else finds, and that dials. */
    public Connection connectAnonymously(EntityType type, EntityAddrVec peer, Transport dialer) {
        if (isOwn(peer.msgr2())) {
            return loopbacks.anonymous(type, peer.msgr2());
        }
        Policy policy = config.policies().toDial(type);
        Policy lossy = Policy.lossyClient()
                .withFeatures(policy.featuresSupported(), policy.featuresRequired())
                .withThrottle(policy.throttle());
        ConnectionHandle handle = newDialling(type, lossy, peer, null, dialer);
        sessions.addAnonymous(handle);
        handle.driver().dial();
        return handle;
    }

    private ConnectionHandle newDialling(
            EntityType type, Policy policy, EntityAddrVec peer, @Nullable EntityAddrVec key, Transport dialer) {
        return new ConnectionHandle(this, policy, type, peer.msgr2(), key, dialer, loopOf(peer));
    }

    private boolean isOwn(EntityAddr addr) {
        return addresses.isOwn(addr) || tlsAddresses.isOwn(addr);
    }

    /** Ends the session with that peer, with an event, if there is one. */
    public void reset(EntityAddrVec peer, String why) {
        if (isOwn(peer.msgr2())) {
            loopbacks.all().forEach(loopback -> loopback.reset(why));
        }
        ConnectionHandle handle = sessions.find(peer);
        if (handle != null) {
            handle.reset(why);
        }
    }

    /** Ends all connections, with an event each; who is not ready yet is dropped. */
    public void resetAll(String why) {
        gate.clear().forEach(link -> link.drop(why));
        sessions.all().forEach(handle -> handle.reset(why));
        loopbacks.all().forEach(loopback -> loopback.reset(why));
    }

    /** Where all sessions with that peer live, for life. */
    Loop loopOf(EntityAddrVec peer) {
        EntityAddr addr = peer.msgr2().isBlankIp() ? peer.first() : peer.msgr2();
        return transport.loop(Math.floorMod(addr.hashCode(), transport.loops()));
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
     * @param claim where the peer says that it is found, and the policy for it
     * @param dialer as for {@link #accept}
     * @return its connection, which is not ready yet
     * @throws ProtocolException if there are too many by now, or the application has begun to dial the peer at this moment
     */
    ConnectionHandle accepted(EntityType type, EntityAddr remote, Claim claim, @Nullable Transport dialer, Loop loop)
            throws ProtocolException {
        Policy policy = dialer == null ? claim.policy().waitingForPeer() : claim.policy();
        boolean dials = !policy.server();
        ConnectionHandle handle = new ConnectionHandle(
                this,
                policy,
                type,
                dials ? claim.addrs().msgr2() : remote,
                policy.registers() ? claim.addrs() : null,
                dials ? dialer : null,
                loop);
        sessions.accept(handle);
        counters.acceptedNew();
        return handle;
    }

    SessionRegistry sessions() {
        return sessions;
    }

    /** An accepted link has failed, or belongs to a session that was there before. */
    void handshakeEnded(HandshakeEnded ended) {
        if (ended.cause() != null) {
            handshakesFailed.increment();
            counters.fault(NodeCounters.During.ACCEPTING, ended.cause().kind());
            LOG.info("refused: {}", ended.cause().getMessage());
        } else {
            counters.acceptedByExisting();
        }
        try {
            config.handshakes().onEnded(ended);
        } catch (RuntimeException e) {
            LOG.error("the listener for handshakes failed with {}", ended, e);
        }
    }

    void decided(AcceptRule rule) {
        acceptDecisions.increment(rule);
    }

    long decisions(AcceptRule rule) {
        return acceptDecisions.of(rule);
    }

    void messageReplayed() {
        messagesReplayed.increment();
    }

    /** From now on nobody is accepted; who is not ready yet is dropped. */
    public void stopAccepting() {
        sessions.close();
        gate.clear().forEach(link -> link.drop("the messenger is closing"));
    }

    public Collection<Connection> connections() {
        List<Connection> all = new ArrayList<>(sessions.all());
        all.addAll(loopbacks.all());
        return all;
    }

    /** Every connection that lives, with what can be seen of it from outside. */
    public List<ConnectionListing> listing() {
        return Stream.concat(
                        sessions.all().stream().map(ConnectionHandle::listing),
                        loopbacks.all().stream().map(LoopbackConnection::listing))
                .toList();
    }

    NodeCounters counters() {
        return counters;
    }

    Loopbacks loopbacks() {
        return loopbacks;
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
                sessions.size() + loopbacks.all().size(),
                gate.size(),
                accepted.sum(),
                handshakesFailed.sum(),
                messagesReplayed.sum(),
                chain.unclaimed(),
                dispatchBytes.taken(),
                policyAccounts.taken(),
                acceptDecisions.current());
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

    ConnectionQueues newDispatchQueues() {
        return new ConnectionQueues(chain, dispatchScheduler, lanes.behindDispatchers());
    }

    /** For a connection that hands everything over by the general one. */
    ConnectionQueues newGeneralQueues() {
        return new ConnectionQueues(chain, dispatchScheduler, true);
    }

    ServiceLanes lanes() {
        return lanes;
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

    PolicyAccounts policyAccounts() {
        return policyAccounts;
    }

    Throttle dispatchBytes() {
        return dispatchBytes;
    }
}
