package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.Access;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.cephx.AuthorityOptions;
import org.msgr2.crypto.auth.cephx.AuthorityState;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.cephx.CephxServer;
import org.msgr2.crypto.auth.cephx.LoginListener;
import org.msgr2.crypto.auth.cephx.StateStore;
import org.msgr2.crypto.auth.cephx.TicketAuthority;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.session.ServiceStats;
import org.msgr2.session.testing.TestNetwork;

/** Callers that prove by cephx who they are, at a node whose keyring says what each may do. */
class CallPermissionsTest extends CallsTestBase {
    private static final Method<String, String> READ =
            Method.unary("read", Codec.utf8(), Codec.utf8()).requires(Access.READ);
    private static final Method<String, String> RUN =
            Method.unary("run", Codec.utf8(), Codec.utf8()); // takes x, as it says nothing
    private static final Method<String, String> OF_PATH =
            Method.unary("of-path", Codec.utf8(), Codec.utf8()).requires(Permission.qualified(Access.READ));

    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final Entropy entropy = new Random(4)::nextBytes;
    private Keyring keyring = Keyring.EMPTY;
    private TicketAuthority authority;

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }

    private void entity(String name, Map<String, String> capabilities) {
        CryptoKey key = CryptoKey.generate(KeyType.AES, UTime.ZERO, entropy);
        keyring = keyring.with(EntityName.parse(name), key, capabilities);
    }

    private CephxClient cephx(String name) {
        EntityName self = EntityName.parse(name);
        CryptoKey key = keyring.find(self).orElseThrow().key();
        return new CephxClient(
                CephxConfig.of(self, key),
                ((TestNetwork.Virtual) network).time().wallClock(),
                entropy);
    }

    @BeforeEach
    void serve() throws IOException {
        entity("mon.a", Map.of("mon", "allow *"));
        entity("client.may", Map.of("mon", "allow r", SERVICE, "allow rx"));
        entity("client.reads", Map.of("mon", "allow r", SERVICE, "allow r"));
        entity("client.elsewhere", Map.of("mon", "allow *", "other", "allow *"));
        entity("client.partly", Map.of("mon", "allow r", SERVICE, "allow r path=/x"));
        authority = TicketAuthority.open(
                keyring,
                AuthorityOptions.DEFAULTS,
                new NoStore(),
                ((TestNetwork.Virtual) network).time().wallClock(),
                entropy,
                LoginListener.NONE);
        CallHandler handler = CallHandler.builder()
                .unary(READ, this::handle)
                .unary(RUN, this::handle)
                .unary(OF_PATH, (context, path) -> {
                    context.require(Access.READ, (key, value) -> key.equals("path") && value.equals(path));
                    return handle(context, path);
                })
                .build();
        AuthProvider auth = new CephxAuth(cephx("mon.a"), CephxServer.monitor(authority));
        callee = start(messenger("mon.a").auth(self -> auth).service(service(SERVICE, handler)));
        addr = bind(callee);
    }

    private String handle(CallContext context, String text) {
        handled.add(context.caller().name() + " " + context.method());
        return text;
    }

    private ServiceClient client(String name) {
        CephxClient cephx = cephx(name);
        caller = start(messenger(name)
                .auth(self -> new CephxAuth(cephx, peer -> {
                    throw new IllegalStateException("nobody dials " + self);
                })));
        return caller.calls().service(SERVICE, caller.connect(EntityType.MON, addr));
    }

    private void assertDenied(CallException failure, String text) {
        assertThat(failure.status()).isEqualTo(CallStatus.PERMISSION_DENIED);
        assertThat(failure.text()).isEqualTo(text);
        assertThat(failure.neverSent()).isTrue();
    }

    @Test
    void whoHasTheCapabilityIsAnsweredAndKnownToTheHandlerByItsProvenName() {
        ServiceClient client = client("client.may");

        assertThat(get(client.callAsync(READ, "a"))).isEqualTo("a");
        assertThat(get(client.callAsync(RUN, "b"))).isEqualTo("b");
        assertThat(handled).containsExactly("client.may read", "client.may run");
    }

    @Test
    void whoHasAnotherIsToldWhichIsMissing() {
        ServiceClient client = client("client.reads");

        assertThat(get(client.callAsync(READ, "a"))).isEqualTo("a");
        assertDenied(failure(client.callAsync(RUN, "b")), "client.reads lacks the capability test='allow x' for 'run'");
        assertThat(handled).containsExactly("client.reads read");
    }

    @Test
    void whoHasEverythingElsewhereHasNothingHere() {
        ServiceClient client = client("client.elsewhere");

        assertDenied(
                failure(client.callAsync(READ, "a")),
                "client.elsewhere lacks the capability test='allow r' for 'read'");
        assertThat(handled).isEmpty();
        assertThat(callee.serviceStats().get(SERVICE)).isEqualTo(new ServiceStats(0, 0, 0, 0, 0, 0));
    }

    @Test
    void aRestrictedGrantIsWorthWhatItSays() {
        ServiceClient client = client("client.partly");

        assertThat(get(client.callAsync(OF_PATH, "/x"))).isEqualTo("/x");
        assertDenied(
                failure(client.callAsync(OF_PATH, "/y")),
                "client.partly lacks the capability test='allow r' for 'of-path'");
        assertDenied(
                failure(client.callAsync(READ, "a")), "client.partly lacks the capability test='allow r' for 'read'");
        assertThat(handled).containsExactly("client.partly of-path");
    }

    /** Nothing survives, and nothing has to. */
    private static final class NoStore implements StateStore {
        @Override
        public Optional<AuthorityState> load() {
            return Optional.empty();
        }

        @Override
        public void save(AuthorityState state) {}
    }
}
