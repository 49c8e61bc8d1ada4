package org.msgr2.crypto.auth.cephx;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.ConnectionMode;

/**
 * A service's role in cephx: believes whom a ticket and the answer to a challenge prove (spec/msgr2 §3.9). One per service
 * of a node, shared by its connections. Thread-safe.
 *
 * <p>A ticket that is sealed with a newer key than we have makes the connection wait for that key, not its loop. The owner
 * calls {@link #refreshIfDue} now and then, so that this is rare.
 */
public final class AuthorizerVerifier {
    private final EntityType service;
    private final KeyRefresh keys;
    private final TicketChecks checks;
    private final InstantSource clock;
    private final Entropy entropy;
    private final LoginListener listener;

    /**
     * @param service our own type
     * @param keys those that we have; {@link RotatingKeys#EMPTY} if none yet
     * @param source gives newer ones
     */
    public AuthorizerVerifier(
            EntityType service,
            RotatingKeys keys,
            RotatingKeySource source,
            TicketChecks checks,
            InstantSource clock,
            Entropy entropy,
            LoginListener listener) {
        this.service = service;
        this.keys = new KeyRefresh(keys, source, clock);
        this.checks = checks;
        this.clock = clock;
        this.entropy = entropy;
        this.listener = listener;
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
        return new AuthorizerServer(this, List.copyOf(modes), entropy, listener);
    }

    public RotatingKeys keys() {
        return keys.keys();
    }

    /** Takes over keys that came unasked. */
    public void update(RotatingSecrets newer) {
        keys.update(newer);
    }

    /** Asks for newer keys if the current one is about to expire (spec/msgr2 §3.11). Does not block. */
    public void refreshIfDue() {
        if (keys().refreshDue(clock.instant())) {
            nextKeys();
        }
    }

    CompletionStage<RotatingKeys> nextKeys() {
        return keys.next();
    }

    ServiceTicketInfo open(Authorizer shown) throws Refused {
        return TicketOpener.ticket(shown, service, keys(), checks, clock.instant());
    }

    EntityType service() {
        return service;
    }
}
