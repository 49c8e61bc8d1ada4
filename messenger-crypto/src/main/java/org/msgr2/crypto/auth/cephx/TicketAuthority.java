package org.msgr2.crypto.auth.cephx;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.key.Keyring;

/**
 * The monitor's role in cephx (spec/msgr2 §3.8, §3.10, §3.11): lets entities of a keyring log in, issues their tickets, and
 * keeps the keys that services open tickets with.
 *
 * <p>Requests only read the state, and never wait for a disk. {@link #maintain} changes it: its owner calls it about once
 * per second, where blocking is allowed. Each change is durable before it takes effect, so that a restart neither
 * invalidates a ticket nor gives a global_id out twice.
 *
 * <p>Thread-safe.
 */
public final class TicketAuthority {
    private final AuthorityOptions options;
    private final StateStore store;
    private final InstantSource clock;
    private final Entropy entropy;
    private final LoginListener listener;
    private final TicketRequests requests;
    private final Logins logins;
    private final Object maintenance = new Object();
    private final AtomicLong nextGlobalId;

    /** Written under {@link #maintenance}, after it was saved. */
    private volatile AuthorityState state;

    private volatile Entities entities;

    private TicketAuthority(
            Keyring keyring,
            AuthorityOptions options,
            AuthorityState state,
            StateStore store,
            InstantSource clock,
            Entropy entropy,
            LoginListener listener) {
        this.options = options;
        this.state = state;
        this.store = store;
        this.clock = clock;
        this.entropy = entropy;
        this.listener = listener;
        // Whatever was reserved before may have been given out.
        this.nextGlobalId = new AtomicLong(state.globalIdEnd());
        this.entities = new Entities(keyring, options.entityKeyTypes(), entropy);
        TicketMint mint = new TicketMint(options, entropy);
        this.requests = new TicketRequests(this, options, mint, clock, entropy);
        this.logins = new Logins(this, options, mint, requests, clock, entropy);
    }

    /**
     * Goes on from what the store has. Blocks.
     *
     * @param keyring who may log in; see {@link #keyring}
     * @throws IOException if the state can be neither read nor written
     */
    public static TicketAuthority open(
            Keyring keyring,
            AuthorityOptions options,
            StateStore store,
            InstantSource clock,
            Entropy entropy,
            LoginListener listener)
            throws IOException {
        AuthorityState state = store.load().orElse(AuthorityState.INITIAL);
        TicketAuthority authority = new TicketAuthority(keyring, options, state, store, clock, entropy, listener);
        authority.maintain();
        return authority;
    }

    /**
     * Makes the keys that are due, and reserves ids when half of a block is used up. Blocks while it saves them, which is
     * rare. If that fails, everything stays as it was: logins go on until ids or keys run out.
     *
     * @return whether anything was due
     */
    public boolean maintain() throws IOException {
        synchronized (maintenance) {
            AuthorityState before = state;
            AuthorityState after = before.rotated(options, clock.instant(), entropy);
            long left = before.globalIdEnd() - nextGlobalId.get();
            if (left <= options.globalIdBlock() / 2) {
                after = after.reserved(options.globalIdBlock());
            }
            if (after.revision() == before.revision()) {
                return false;
            }
            store.save(after);
            state = after;
            return true;
        }
    }

    /**
     * From now on these may log in. Tickets that were issued stay valid; for another one their owner has to be in the keyring
     * still.
     */
    public void keyring(Keyring keyring) {
        entities = new Entities(keyring, options.entityKeyTypes(), entropy);
    }

    /**
     * For one connection.
     *
     * @param modes those that we allow
     */
    public AuthServer server(List<ConnectionMode> modes) {
        return server(modes, listener);
    }

    LoginListener listener() {
        return listener;
    }

    AuthServer server(List<ConnectionMode> modes, LoginListener listener) {
        return new LoginServer(
                logins, requests, listener, options.exposeInsecureReclaim(), List.copyOf(modes), entropy);
    }

    /** The keys of a service that lives in the same node, for its {@link AuthorizerVerifier}. */
    public RotatingSecrets rotatingSecrets(EntityType service) {
        if (!options.services().contains(service)) {
            throw new IllegalArgumentException("no service that tickets are issued for: " + service);
        }
        return state.keys(service).secrets();
    }

    AuthorityState state() {
        return state;
    }

    Entities entities() {
        return entities;
    }

    /** 0 if there is none until the next {@link #maintain}. */
    long newGlobalId() {
        long end = state.globalIdEnd();
        long id = nextGlobalId.getAndUpdate(next -> next < end ? next + 1 : next);
        return id < end ? id : 0;
    }

    boolean wasGiven(long globalId) {
        return Long.compareUnsigned(globalId, nextGlobalId.get()) < 0;
    }
}
