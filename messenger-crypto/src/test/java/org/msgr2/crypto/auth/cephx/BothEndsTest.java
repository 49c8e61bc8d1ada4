package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.crypto.auth.cephx.ServerKit.ADMIN;
import static org.msgr2.crypto.auth.cephx.ServerKit.OSD;
import static org.msgr2.crypto.auth.cephx.ServerKit.OTHER;
import static org.msgr2.crypto.auth.cephx.ServerKit.keyring;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.Access;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.auth.cephx.LoginListener.Reason;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;

/** Our client at our monitor and at our services: both roles in memory, years of them in virtual time. */
class BothEndsTest {
    private final ServerKit kit = new ServerKit();

    /** What both ends know after a handshake. */
    private record Met(AuthOutcome client, AuthOutcome server, ConnectionMode mode, int rounds) {
        void agree() {
            byte[] log = {1, 2, 3, 4};
            assertThat(client.sessionKey().sign(log, 4))
                    .isEqualTo(server.sessionKey().sign(log, 4));
            assertThat(client.connectionSecret()).isEqualTo(server.connectionSecret());
            assertThat(client.connectionSecret().length()).isEqualTo(mode == ConnectionMode.SECURE ? 64 : 0);
            assertThat(client.identity().globalId()).isEqualTo(server.identity().globalId());
        }
    }

    /** As the handshake does it, without the frames. */
    private static Met meet(AuthClient client, AuthServer server) throws ProtocolException {
        AuthClient.Offer offer = client.start();
        AuthReply reply = request(server, offer);
        for (int rounds = 1; rounds < 16; rounds++) {
            if (reply instanceof AuthReply.Later later) {
                reply = later.reply().toCompletableFuture().join();
            } else if (reply instanceof AuthReply.More more) {
                reply = server.requestMore(client.replyMore(more.payload()));
            } else if (reply instanceof AuthReply.BadMethod bad) {
                offer = client.badMethod(
                        offer.method().code(),
                        bad.result(),
                        bad.allowedMethods().stream().map(AuthMethod::code).toList(),
                        bad.allowedModes().stream().map(ConnectionMode::code).toList());
                reply = request(server, offer);
            } else {
                AuthReply.Done done = (AuthReply.Done) reply;
                Met met = new Met(
                        client.done(done.globalId(), done.mode(), done.payload()), done.outcome(), done.mode(), rounds);
                met.agree();
                return met;
            }
        }
        throw new AssertionError("no end");
    }

    private static AuthReply request(AuthServer server, AuthClient.Offer offer) throws ProtocolException {
        return server.request(
                offer.method().code(),
                offer.modes().stream().map(ConnectionMode::code).toList(),
                offer.payload());
    }

    private CephxClient client(EntityName name, KeyType type) {
        return client(name, type, List.of(ConnectionMode.SECURE, ConnectionMode.CRC));
    }

    private CephxClient client(EntityName name, KeyType type, List<ConnectionMode> modes) {
        return new CephxClient(
                CephxConfig.of(name, keyring(type).find(name).orElseThrow().key())
                        .withModes(modes, modes),
                kit.clock,
                kit.dice);
    }

    private AuthServer monitor(TicketAuthority authority) {
        return CephxServer.monitor(authority).server(EntityType.CLIENT);
    }

    private AuthorizerVerifier service(TicketAuthority authority, EntityType type) {
        return new AuthorizerVerifier(
                type,
                RotatingKeys.EMPTY,
                delay -> CompletableFuture.completedFuture(authority.rotatingSecrets(type)),
                TicketChecks.ALL,
                kit.clock,
                kit.dice,
                kit.failures);
    }

    private static AuthServer server(AuthorizerVerifier service) {
        return CephxServer.service(service).server(EntityType.CLIENT);
    }

    /** One renewal over the session, if the client finds one due. */
    private static boolean renew(CephxClient client, AuthSession session) throws ProtocolException {
        TicketRenewal renewal = client.renewal().orElseThrow();
        Optional<Opaque> request = renewal.request();
        if (request.isEmpty()) {
            return false;
        }
        assertThat(renewal.reply(reply(session.request(request.get())))).isEmpty();
        return true;
    }

    private static AuthReplyMessage reply(AuthSession.Reply reply) {
        return new AuthReplyMessage(AuthMethod.CEPHX.code(), reply.result(), reply.globalId(), reply.payload(), "");
    }

    @Scenario({"A01", "A08", "A15", "A28"})
    @ParameterizedTest
    @CsvSource({
        "AES, AES, CRC",
        "AES, AES256KRB5, SECURE",
        "AES256KRB5, AES, SECURE",
        "AES256KRB5, AES256KRB5, CRC",
        "AES256KRB5, AES256KRB5, SECURE"
    })
    void logsInAndShowsItsTickets(KeyType ofEntities, KeyType ofServices, ConnectionMode mode)
            throws ProtocolException {
        AuthorityOptions options = AuthorityOptions.DEFAULTS;
        TicketAuthority authority =
                kit.authority(ofEntities, options.withKeyTypes(ofServices, options.entityKeyTypes()));
        CephxClient admin = client(ADMIN, ofEntities, List.of(mode));
        Met login = meet(admin.client(EntityType.MON), monitor(authority));
        assertThat(login.mode()).isEqualTo(mode);
        assertThat(login.server().identity().capabilities().allows("mon", Access.EXECUTE))
                .isTrue();
        for (EntityType type : List.of(EntityType.OSD, EntityType.MDS, EntityType.MGR)) {
            Met met = meet(admin.client(type), server(service(authority, type)));
            assertThat(met.mode()).isEqualTo(mode);
            assertThat(met.server().identity().name()).isEqualTo(ADMIN);
            assertThat(met.server().identity().globalId()).isEqualTo(admin.globalId());
        }
        assertThat(kit.failures.counts()).isEmpty();
    }

    @Scenario("A06")
    @Test
    void fallsBackToMethodNoneWhereOnlyThatIsAllowed() throws ProtocolException {
        CephxClient both = new CephxClient(
                CephxConfig.of(
                                ADMIN,
                                keyring(KeyType.AES).find(ADMIN).orElseThrow().key())
                        .withMethods(List.of(AuthMethod.NONE, AuthMethod.CEPHX)),
                kit.clock,
                kit.dice);
        TicketAuthority authority = kit.authority(KeyType.AES, AuthorityOptions.DEFAULTS);
        Met strict = meet(both.client(EntityType.MON), monitor(authority));
        assertThat(strict.server().identity().method()).isEqualTo(AuthMethod.CEPHX);
        Met open = meet(
                both.client(EntityType.MON),
                CephxServer.monitor(authority).withNone(new NoneAuth(ADMIN)).server(EntityType.CLIENT));
        assertThat(open.server().identity().method()).isEqualTo(AuthMethod.NONE);
    }

    @Scenario("A07")
    @Test
    void theWrongKeyIsNoWayIn() {
        TicketAuthority authority = kit.authority(KeyType.AES, AuthorityOptions.DEFAULTS);
        CephxClient liar = new CephxClient(CephxConfig.of(ADMIN, ServerKit.key(KeyType.AES, 99)), kit.clock, kit.dice);
        assertThatThrownBy(() -> meet(liar.client(EntityType.MON), monitor(authority)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("EACCES")
                .extracting(fault -> ((ProtocolException) fault).kind())
                .isEqualTo(FaultKind.AUTH);
    }

    @Scenario("A21")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void keepsItsIdOverReconnectsAndRestartsOfTheMonitor(KeyType type) throws ProtocolException, IOException {
        Keyring keyring = keyring(type);
        TicketAuthority authority = kit.authority(keyring, AuthorityOptions.DEFAULTS);
        CephxClient admin = client(ADMIN, type);
        meet(admin.client(EntityType.MON), monitor(authority));
        long id = admin.globalId();
        Set<Long> others = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            // Every second reconnect finds the service's ticket due.
            kit.clock.advance(Duration.ofMinutes(23));
            authority = kit.authority(keyring, AuthorityOptions.DEFAULTS);
            AuthorizerVerifier osd = service(authority, EntityType.OSD);
            meet(admin.client(EntityType.MON), monitor(authority));
            assertThat(admin.globalId()).isEqualTo(id);
            meet(admin.client(EntityType.OSD), server(osd));
            CephxClient other = client(OTHER, type);
            meet(other.client(EntityType.MON), monitor(authority));
            assertThat(others.add(other.globalId())).isTrue();
        }
        assertThat(others).doesNotContain(id);
        assertThat(kit.failures.counts()).isEmpty();
    }

    /** As of several monitors that were dialled at once, of which one is kept (spec/msgr2 §3.13). */
    @Scenario({"A20", "A21"})
    @Test
    void renewsTheLoginOverASessionThatWasNotTheLast() throws ProtocolException, IOException {
        TicketAuthority authority = kit.authority(KeyType.AES, AuthorityOptions.DEFAULTS);
        CephxClient admin = client(ADMIN, KeyType.AES);
        meet(admin.client(EntityType.MON), monitor(authority));
        long id = admin.globalId();
        Met kept = meet(admin.client(EntityType.MON), monitor(authority));
        Met late = meet(admin.client(EntityType.MON), monitor(authority));
        for (int hour = 0; hour < 54; hour++) {
            kit.clock.advance(Duration.ofHours(1));
            authority.maintain();
        }

        TicketRenewal ofLate = admin.renewal(late.client().session()).orElseThrow();
        TicketRenewal renewal = admin.renewal(kept.client().session()).orElseThrow();
        AuthSession session = kept.server().session();
        assertThat(session.request(ofLate.request().orElseThrow()).result()).isEqualTo(-Errno.EACCES);
        AuthSession.Reply answer = session.request(renewal.request().orElseThrow());
        assertThat(answer.result()).isZero();
        assertThat(renewal.reply(reply(answer))).isEmpty();
        assertThat(renewal.nextRenewal()).isAfter(kit.clock.instant());
        assertThat(admin.globalId()).isEqualTo(id);
        assertThat(admin.renewal(AuthSession.NONE)).isEmpty();
    }

    @Scenario("A22")
    @Test
    void afterTheMonitorForgotItsKeysTheClientGetsANewId() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, AuthorityOptions.DEFAULTS);
        CephxClient admin = client(ADMIN, KeyType.AES);
        meet(admin.client(EntityType.MON), monitor(authority));
        kit.store.saved = null;
        TicketAuthority stranger = kit.authority(KeyType.AES, AuthorityOptions.DEFAULTS);
        assertThatThrownBy(() -> meet(admin.client(EntityType.MON), monitor(stranger)))
                .isInstanceOf(ProtocolException.class);
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.RECLAIM, 1L));
        meet(admin.client(EntityType.MON), monitor(stranger));
        assertThat(admin.globalId()).isNotZero();
    }

    @Scenario("A18")
    @Test
    void aTicketOfAKeyThatIsGoneIsRenewedAndTriedAgain() throws ProtocolException, IOException {
        TicketAuthority authority = kit.authority(KeyType.AES, AuthorityOptions.DEFAULTS);
        CephxClient admin = client(ADMIN, KeyType.AES);
        Met session = meet(admin.client(EntityType.MON), monitor(authority));
        for (int i = 0; i < 4; i++) {
            kit.clock.advance(Duration.ofMinutes(61));
            authority.maintain();
        }
        AuthorizerVerifier osd = service(authority, EntityType.OSD);
        osd.update(authority.rotatingSecrets(EntityType.OSD));
        assertThatThrownBy(() -> meet(admin.client(EntityType.OSD), server(osd)))
                .isInstanceOf(ProtocolException.class);
        assertThat(renew(admin, session.server().session())).isTrue();
        meet(admin.client(EntityType.OSD), server(osd));
    }

    @Scenario({"A19", "A20"})
    @ParameterizedTest
    @CsvSource({"AES, 72, 60, 1200", "AES256KRB5, 72, 60, 1200", "AES, 1, 7, 600", "AES256KRB5, 2, 1, 600"})
    void oneSessionLivesForManyLifetimes(KeyType type, int loginHours, int serviceMinutes, int steps)
            throws ProtocolException, IOException {
        AuthorityOptions options =
                AuthorityOptions.DEFAULTS.withTtl(Duration.ofHours(loginHours), Duration.ofMinutes(serviceMinutes));
        TicketAuthority authority = kit.authority(type, options);
        CephxClient admin = client(ADMIN, type);
        CephxClient daemon = client(OSD, type);
        AuthSession session =
                meet(admin.client(EntityType.MON), monitor(authority)).server().session();
        AuthSession ofDaemon =
                meet(daemon.client(EntityType.MON), monitor(authority)).server().session();
        long id = admin.globalId();
        // The daemon asks over its session for its keys, when it has to.
        AuthorizerVerifier osd = new AuthorizerVerifier(
                EntityType.OSD,
                RotatingKeys.EMPTY,
                delay -> {
                    try {
                        TicketRenewal renewal = daemon.renewal().orElseThrow();
                        AuthSession.Reply reply = ofDaemon.request(renewal.rotatingKeysRequest());
                        return CompletableFuture.completedFuture(
                                renewal.reply(reply(reply)).orElseThrow());
                    } catch (ProtocolException e) {
                        return CompletableFuture.failedFuture(e);
                    }
                },
                TicketChecks.ALL,
                kit.clock,
                kit.dice,
                kit.failures);
        int renewals = 0;
        Duration step = Duration.ofMinutes(serviceMinutes).dividedBy(10);
        for (int i = 0; i < steps; i++) {
            kit.clock.advance(step);
            authority.maintain();
            renewals += renew(admin, session) ? 1 : 0;
            renew(daemon, ofDaemon);
            osd.refreshIfDue();
            Met met = meet(admin.client(EntityType.OSD), server(osd));
            assertThat(met.server().identity().globalId()).isEqualTo(id);
        }
        // A service's ticket is renewed after three quarters: every eighth step, as often as there is one.
        assertThat(renewals).isBetween(steps / 9, steps / 7 + 10);
        assertThat(kit.failures.counts()).isEmpty();
    }

    @Test
    void secretsAndBothEndsHaveNothingToSay() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, AuthorityOptions.DEFAULTS);
        CephxClient admin = client(ADMIN, KeyType.AES);
        Met login = meet(admin.client(EntityType.MON), monitor(authority));
        String hex = java.util.HexFormat.of()
                .formatHex(login.server().connectionSecret().toByteArray());
        assertThat("" + login + login.server() + admin + authority.state()).doesNotContain(hex);
    }
}
