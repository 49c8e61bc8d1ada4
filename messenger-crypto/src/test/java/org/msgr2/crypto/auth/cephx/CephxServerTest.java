package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.crypto.auth.cephx.ServerKit.ADMIN;
import static org.msgr2.crypto.auth.cephx.ServerKit.BOTH;
import static org.msgr2.crypto.auth.cephx.ServerKit.CRC;
import static org.msgr2.crypto.auth.cephx.ServerKit.SECURE;
import static org.msgr2.crypto.auth.cephx.ServerKit.accepted;
import static org.msgr2.crypto.auth.cephx.ServerKit.assertRefused;
import static org.msgr2.crypto.auth.cephx.ServerKit.keyring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.ServerKit.Peer;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.KeyType;

/** Which end a connector reaches, and that method NONE is no way in unless it is added. */
class CephxServerTest {
    private final ServerKit kit = new ServerKit();
    private final TicketAuthority authority = kit.authority(KeyType.AES, AuthorityOptions.DEFAULTS);
    private final AuthorizerVerifier osd = new AuthorizerVerifier(
            EntityType.OSD,
            RotatingKeys.EMPTY,
            delay -> CompletableFuture.completedFuture(authority.rotatingSecrets(EntityType.OSD)),
            TicketChecks.ALL,
            kit.clock,
            kit.dice,
            kit.failures);
    private final Peer admin = Peer.of(ADMIN, keyring(KeyType.AES));

    @Scenario({"A01", "A15"})
    @Test
    void aNodeMayBeBoth() throws ProtocolException {
        CephxServer node = CephxServer.monitor(authority).withService(osd);
        accepted(admin.login(node.server(EntityType.CLIENT), SECURE));
        accepted(admin.authorize(node.server(EntityType.CLIENT), EntityType.OSD, SECURE));
    }

    @Test
    void aRoleThatTheNodeDoesNotHaveIsRefused() throws ProtocolException {
        assertRefused(admin.login(CephxServer.service(osd).server(EntityType.CLIENT), CRC), -13);
        accepted(admin.login(authority.server(BOTH), CRC));
        assertRefused(
                admin.authorize(CephxServer.monitor(authority).server(EntityType.CLIENT), EntityType.OSD, CRC), -13);
        AuthServer server = CephxServer.monitor(authority).server(EntityType.CLIENT);
        assertRefused(server.request(2, CRC, Opaque.EMPTY), -13);
        assertRefused(server.request(2, CRC, Opaque.copyOf(new byte[] {2})), -13);
        assertThatThrownBy(() -> server.requestMore(Opaque.EMPTY)).isInstanceOf(ProtocolException.class);
    }

    @Scenario({"A02", "A06"})
    @Test
    void methodNoneIsNoWayInUnlessItIsAdded() throws ProtocolException {
        Opaque hello = admin.hello();
        AuthServer closed = CephxServer.monitor(authority).server(EntityType.CLIENT);
        assertThat(closed.request(1, CRC, hello))
                .isEqualTo(new AuthReply.BadMethod(-95, List.of(AuthMethod.CEPHX), BOTH));
        assertThat(kit.failures.count(LoginListener.Reason.METHOD)).isEqualTo(1);
        accepted(admin.login(closed, CRC));

        CephxServer open = CephxServer.monitor(authority).withNone(new NoneAuth(ADMIN));
        AuthReply.Done done = accepted(open.server(EntityType.CLIENT).request(1, List.of(2, 1), hello));
        assertThat(done.mode()).isEqualTo(ConnectionMode.CRC);
        assertThat(done.outcome().identity().authenticated()).isFalse();
        assertThat(done.outcome().identity().capabilities()).isEqualTo(Capabilities.NONE);
        assertThat(done.outcome().connectionSecret().isEmpty()).isTrue();
        List<AuthMethod> methods = List.of(AuthMethod.CEPHX, AuthMethod.NONE);
        assertThat(open.server(EntityType.CLIENT).request(1, SECURE, hello))
                .isEqualTo(new AuthReply.BadMethod(-95, methods, BOTH));
        assertThat(open.server(EntityType.CLIENT).request(4, CRC, hello))
                .isEqualTo(new AuthReply.BadMethod(-95, methods, BOTH));
        CephxServer secure = open.withModes(List.of(ConnectionMode.SECURE));
        assertThat(secure.server(EntityType.CLIENT).request(1, CRC, hello))
                .as("nothing but secure means no method none")
                .isEqualTo(new AuthReply.BadMethod(-95, methods, List.of(ConnectionMode.SECURE)));
        assertThat(kit.failures.count(LoginListener.Reason.METHOD)).isEqualTo(4);
    }

    @Test
    void refusalsAreToldWithThePeersAddress() throws ProtocolException {
        List<String> refused = new ArrayList<>();
        LoginListener log = new LoginListener() {
            @Override
            public void refused(EntityName claimed, Reason reason) {
                throw new AssertionError("without an address");
            }

            @Override
            public LoginListener from(EntityAddr peer) {
                return (claimed, reason) -> refused.add(claimed + " at " + peer + ": " + reason);
            }
        };
        AuthorizerVerifier mds = new AuthorizerVerifier(
                EntityType.MDS,
                RotatingKeys.EMPTY,
                delay -> CompletableFuture.completedFuture(authority.rotatingSecrets(EntityType.MDS)),
                TicketChecks.ALL,
                kit.clock,
                kit.dice,
                log);
        EntityAddr from = EntityAddr.parse("v2:10.0.0.9:51000/0");
        AuthServer server = CephxServer.service(mds).server(EntityType.CLIENT, from);
        server.request(1, CRC, admin.hello());
        server.request(2, CRC, Opaque.copyOf(new byte[] {2}));
        assertThat(refused)
                .containsExactly("null at v2:10.0.0.9:51000/0: METHOD", "null at v2:10.0.0.9:51000/0: METHOD");
    }

    @Scenario("A08")
    @Test
    void modesMayDependOnWhoComes() throws ProtocolException {
        CephxServer node =
                CephxServer.monitor(authority).withModes(Map.of(EntityType.CLIENT, List.of(ConnectionMode.SECURE)));
        assertRefused(admin.login(node.server(EntityType.CLIENT), CRC), -95);
        accepted(admin.login(node.server(EntityType.OSD), CRC));
        assertThatThrownBy(() -> node.withModes(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.withModes(Map.of(EntityType.MGR, List.of(ConnectionMode.UNKNOWN))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Scenario("A29")
    @Test
    void aRefusalThatComesLaterListsEverythingToo() throws ProtocolException {
        CephxServer node = CephxServer.service(osd).withNone(new NoneAuth(ADMIN));
        accepted(admin.login(authority.server(BOTH), CRC));
        admin.globalId++;
        assertThat(admin.authorize(node.server(EntityType.CLIENT), EntityType.OSD, CRC))
                .isEqualTo(new AuthReply.BadMethod(-13, List.of(AuthMethod.CEPHX, AuthMethod.NONE), BOTH));
    }
}
