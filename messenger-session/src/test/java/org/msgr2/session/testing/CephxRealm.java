package org.msgr2.session.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.msgr2.core.Entropy;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.AuthServerProvider;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.AuthorityOptions;
import org.msgr2.crypto.auth.cephx.AuthorityState;
import org.msgr2.crypto.auth.cephx.AuthorizerVerifier;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.cephx.CephxServer;
import org.msgr2.crypto.auth.cephx.LoginListener;
import org.msgr2.crypto.auth.cephx.RotatingKeys;
import org.msgr2.crypto.auth.cephx.StateStore;
import org.msgr2.crypto.auth.cephx.TicketAuthority;
import org.msgr2.crypto.auth.cephx.TicketChecks;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;

/**
 * A cluster's keys, without its monitors: whoever is asked for has a key, has logged in, and has tickets, so that services and
 * their clients authenticate each other as behind a real cluster. For tests that are not about authentication.
 */
public final class CephxRealm {
    private static final Set<EntityType> SERVICES = Set.of(EntityType.OSD, EntityType.MDS);

    private final InstantSource clock;
    private final Entropy entropy;
    private final TicketAuthority authority;
    private Keyring keyring = Keyring.EMPTY;

    /**
     * @param clock by which tickets expire
     * @param entropy of all keys
     */
    public CephxRealm(InstantSource clock, Entropy entropy) {
        this.clock = clock;
        this.entropy = entropy;
        try {
            authority = TicketAuthority.open(
                    keyring, AuthorityOptions.DEFAULTS, FORGETFUL, clock, entropy, LoginListener.NONE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing survives, and nothing has to. */
    private static final StateStore FORGETFUL = new StateStore() {
        @Override
        public Optional<AuthorityState> load() {
            return Optional.empty();
        }

        @Override
        public void save(AuthorityState state) {}
    };

    /**
     * The credentials of an entity that begins to run; one that does so again has the same key, and another login.
     *
     * @param modes that it offers and accepts
     */
    public AuthProvider auth(String name, List<ConnectionMode> modes) {
        EntityName self = EntityName.parse(name);
        if (keyring.find(self).isEmpty()) {
            CryptoKey key = CryptoKey.generate(KeyType.AES, UTime.ZERO, entropy);
            keyring = keyring.with(self, key, Map.of("mon", "allow *", "osd", "allow *", "mds", "allow *"));
            authority.keyring(keyring);
        }
        CryptoKey key = keyring.find(self).orElseThrow().key();
        CephxClient client = new CephxClient(
                CephxConfig.of(self, key).withServices(SERVICES).withModes(modes, modes), clock, entropy);
        logIn(client, self.type());
        return new CephxAuth(client, server(self.type(), modes));
    }

    /** Of a service that takes clients with tickets, and those that just say their name; it does not dial. */
    public AuthProvider authOrNone(String name, List<ConnectionMode> modes) {
        EntityName self = EntityName.parse(name);
        NoneAuth none = new NoneAuth(self);
        CephxServer both = service(self.type(), modes).withNone(none);
        return new AuthProvider() {
            @Override
            public AuthClient client(EntityType peerType) {
                return none.client(peerType);
            }

            @Override
            public AuthServer server(EntityType peerType) {
                return both.server(peerType);
            }
        };
    }

    private AuthServerProvider server(EntityType type, List<ConnectionMode> modes) {
        if (!SERVICES.contains(type)) {
            return peer -> {
                throw new IllegalStateException("nobody dials a " + type);
            };
        }
        return service(type, modes);
    }

    private CephxServer service(EntityType type, List<ConnectionMode> modes) {
        return CephxServer.service(new AuthorizerVerifier(
                        type,
                        RotatingKeys.EMPTY,
                        delay -> CompletableFuture.completedFuture(authority.rotatingSecrets(type)),
                        TicketChecks.ALL,
                        clock,
                        entropy,
                        LoginListener.NONE))
                .withModes(modes);
    }

    /** As over a connection to a monitor. */
    private void logIn(CephxClient client, EntityType type) {
        AuthClient login = client.client(EntityType.MON);
        AuthServer monitor = CephxServer.monitor(authority).server(type);
        try {
            AuthClient.Offer offer = login.start();
            AuthReply reply = monitor.request(
                    offer.method().code(),
                    offer.modes().stream().map(ConnectionMode::code).toList(),
                    offer.payload());
            if (reply instanceof AuthReply.More more) {
                reply = monitor.requestMore(login.replyMore(more.payload()));
            }
            if (!(reply instanceof AuthReply.Done done)) {
                throw new AssertionError("the login over " + AuthMethod.CEPHX + " has ended with " + reply);
            }
            login.done(done.globalId(), done.mode(), done.payload());
        } catch (ProtocolException e) {
            throw new AssertionError("an entity of the realm cannot log in", e);
        }
    }
}
