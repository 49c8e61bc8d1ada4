package org.msgr2.crypto.auth.cephx;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.none.NoneAuth;

/**
 * The connecting half of cephx for one messenger: its key, its tickets, its id in the cluster (spec/msgr2 §3.8 to §3.11).
 *
 * <p>A connection to a monitor logs in and fetches tickets; a connection to a service shows one, and fails with an AUTH
 * fault while there is none. Between logins {@link #renewal()} keeps them fresh.
 *
 * <p>Thread-safe: connections authenticate at the same time, each with an {@link AuthClient} of its own.
 */
public final class CephxClient {
    private final CephxConfig config;
    private final InstantSource clock;
    private final Entropy entropy;
    private final TicketStore store;
    private final NoneAuth none;
    private final AtomicReference<@Nullable TicketRenewal> renewal = new AtomicReference<>();

    /** The monitors know no cephx; so do the services. */
    private volatile boolean fellBack;

    public CephxClient(CephxConfig config, InstantSource clock, Entropy entropy) {
        this(config, clock, entropy, new TicketStore(config.services()));
    }

    CephxClient(CephxConfig config, InstantSource clock, Entropy entropy, TicketStore store) {
        this.config = config;
        this.clock = clock;
        this.entropy = entropy;
        this.store = store;
        this.none = new NoneAuth(config.self());
    }

    /** For one connection that we dial. */
    public AuthClient client(EntityType peerType) {
        List<FallbackClient.Candidate> candidates = new ArrayList<>();
        for (AuthMethod method : methods(peerType)) {
            if (method == AuthMethod.CEPHX) {
                candidates.add(new FallbackClient.Candidate(method, cephx(peerType)));
            } else if (config.modes(peerType).contains(ConnectionMode.CRC)) {
                // Without a session key there is no secure mode: who wants nothing else must not fall back.
                candidates.add(new FallbackClient.Candidate(method, none.client(peerType)));
            }
        }
        return new FallbackClient(candidates, method -> accepted(peerType, method));
    }

    private void accepted(EntityType peerType, AuthMethod method) {
        if (peerType == EntityType.MON) {
            fellBack = method == AuthMethod.NONE;
        }
    }

    /** Several only towards a monitor: services are talked to as the monitors are (spec/msgr2 §3.4). */
    private List<AuthMethod> methods(EntityType peerType) {
        if (peerType == EntityType.MON) {
            return config.methods();
        }
        return fellBack ? List.of(AuthMethod.NONE) : config.methods().subList(0, 1);
    }

    private AuthClient cephx(EntityType peerType) {
        return peerType == EntityType.MON
                ? new MonLogin(config, store, this::loggedIn, clock, entropy)
                : new ServiceLogin(peerType, config.serviceModes(), store, entropy);
    }

    private AuthSession loggedIn(long serverChallenge) {
        Renewed session = new Renewed(new TicketRenewal(config, store, serverChallenge, clock, entropy));
        renewal.set(session.renewal());
        return session;
    }

    /** Nothing can be asked of us; but the way to ask the monitor belongs to the connection. */
    private record Renewed(TicketRenewal renewal) implements AuthSession {
        @Override
        public Reply request(Opaque payload) {
            return NONE.request(payload);
        }
    }

    /** Of the monitor session that was logged in last; empty before the first. */
    public Optional<TicketRenewal> renewal() {
        return Optional.ofNullable(renewal.get());
    }

    /**
     * Of one monitor session among several, as there are while a monitor is looked for (spec/msgr2 §3.13).
     *
     * @param session of the connection to that monitor; empty if its login was not one of cephx
     */
    public Optional<TicketRenewal> renewal(AuthSession session) {
        return session instanceof Renewed renewed ? Optional.of(renewed.renewal()) : Optional.empty();
    }

    /** Our id in the cluster; 0 before the first login, and after a monitor refused to let us keep it. */
    public long globalId() {
        return store.globalId();
    }

    /** Whether a connection to that kind of service has something to show. */
    public boolean hasTicket(EntityType service) {
        return store.credential(service) != null;
    }

    /** Never prints keys or tickets. */
    @Override
    public String toString() {
        return "cephx client " + config.self() + ", global_id " + globalId();
    }
}
