package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;

/** Logins at a monitor that behaves, and at ones that do not. */
class MonLoginTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Set<EntityType> ALL = Set.of(EntityType.MON, EntityType.MDS, EntityType.OSD, EntityType.MGR);
    private static final byte[] SIGNED = {1, 2, 3};

    private final FakeMonitor monitor = new FakeMonitor(KeyType.AES, 1);
    private final CephxClient client = client(monitor);

    private static CephxClient client(FakeMonitor monitor) {
        return new CephxClient(monitor.config(), InstantSource.fixed(NOW), monitor.entropy);
    }

    @Scenario({"A01", "A28"})
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void logsInWithEitherTypeOfKey(KeyType type) throws Exception {
        FakeMonitor peer = new FakeMonitor(type, 2);
        CephxClient ours = client(peer);

        AuthOutcome secure = peer.logIn(ours, ConnectionMode.SECURE);

        assertThat(secure.connectionSecret()).isEqualTo(peer.connectionSecret);
        assertThat(secure.sessionKey().sign(SIGNED, SIGNED.length)).isEqualTo(sign(peer.authKey()));
        assertThat(ours.globalId()).isEqualTo(FakeMonitor.GLOBAL_ID);
        assertThat(ALL).allMatch(ours::hasTicket);

        AuthOutcome crc = peer.logIn(ours, ConnectionMode.CRC);

        assertThat(crc.connectionSecret().isEmpty()).isTrue();
        assertThat(crc.sessionKey().sign(SIGNED, SIGNED.length)).isEqualTo(sign(peer.authKey()));
    }

    private static Opaque sign(CryptoKey key) {
        return SessionKey.of(key.secret()).sign(SIGNED, SIGNED.length);
    }

    @Scenario("A08")
    @Test
    void prefersSecureTowardsMonitorsAndCrcTowardsOthers() throws Exception {
        monitor.logIn(client, ConnectionMode.SECURE);

        assertThat(client.client(EntityType.MON).start().modes())
                .containsExactly(ConnectionMode.SECURE, ConnectionMode.CRC);
        assertThat(client.client(EntityType.OSD).start().modes())
                .containsExactly(ConnectionMode.CRC, ConnectionMode.SECURE);
    }

    @Scenario("A09")
    @Test
    void refusesAModeThatItDidNotOffer() throws Exception {
        CephxConfig secureOnly =
                monitor.config().withModes(List.of(ConnectionMode.SECURE), List.of(ConnectionMode.SECURE));
        CephxClient ours = new CephxClient(secureOnly, InstantSource.fixed(NOW), monitor.entropy);

        refused(() -> monitor.logIn(ours, ConnectionMode.CRC), "the peer chose mode crc, offered were [secure]");
        refused(() -> monitor.logIn(ours, ConnectionMode.UNKNOWN), "the peer chose mode unknown");
        assertThat(ours.globalId()).isZero();
    }

    @Test
    void asksForTheServicesThatItWantsButNotForTheLoginItself() throws Exception {
        assertThat(otherKeys(client)).isEqualTo(0x17);
        CephxClient loginOnly =
                new CephxClient(monitor.config().withServices(Set.of()), InstantSource.fixed(NOW), monitor.entropy);
        // With 0 a monitor sends no connection secret.
        assertThat(otherKeys(loginOnly)).isEqualTo(0x20);
    }

    private int otherKeys(CephxClient ours) throws Exception {
        AuthClient login = ours.client(EntityType.MON);
        login.start();
        return monitor.verified(login.replyMore(monitor.challenge())).otherKeys();
    }

    @Scenario("A21")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void reclaimsItsIdWithItsOldTicket(KeyType type) throws Exception {
        FakeMonitor peer = new FakeMonitor(type, 3);
        CephxClient ours = client(peer);
        AuthClient first = ours.client(EntityType.MON);
        assertThat(MonRequest.read(Decoding.reader(first.start().payload())).globalId())
                .isZero();
        assertThat(peer.verified(first.replyMore(peer.challenge())).oldTicket()).isEqualTo(TicketBlob.NONE);
        peer.logIn(ours, ConnectionMode.CRC);
        TicketBlob old = peer.blobs.get(EntityType.AUTH);
        CryptoKey oldKey = peer.authKey();

        AuthClient again = ours.client(EntityType.MON);

        assertThat(MonRequest.read(Decoding.reader(again.start().payload())))
                .isEqualTo(new MonRequest(FakeMonitor.CLIENT, FakeMonitor.GLOBAL_ID));
        Authenticate proof = peer.verified(again.replyMore(peer.challenge()));
        assertThat(proof.oldTicket()).isEqualTo(old);
        // Service tickets are still fresh.
        assertThat(proof.otherKeys()).isEqualTo(0x20);
        LoginReply reply = peer.login(oldKey, Set.of(), ConnectionMode.CRC);
        assertThat(reply.login().tickets().get(0).encrypted()).isTrue();
        again.done(FakeMonitor.GLOBAL_ID, ConnectionMode.CRC, FakeMonitor.reply(reply));
        assertThat(ours.client(EntityType.MON).start()).isNotNull();
        assertThat(old).isNotEqualTo(peer.blobs.get(EntityType.AUTH));
    }

    @Scenario("A21")
    @Test
    void startsOverWithANewIdIfTheOldOneIsRefused() throws Exception {
        monitor.logIn(client, ConnectionMode.CRC);
        AuthClient reclaim = client.client(EntityType.MON);
        reclaim.start();
        reclaim.replyMore(monitor.challenge());

        refused(() -> reclaim.badMethod(2, -13, List.of(2), List.of(1, 2)), "EACCES (-13)");

        assertThat(client.globalId()).isZero();
        AuthClient fresh = client.client(EntityType.MON);
        assertThat(MonRequest.read(Decoding.reader(fresh.start().payload())).globalId())
                .isZero();
        Authenticate proof = monitor.verified(fresh.replyMore(monitor.challenge()));
        assertThat(proof.oldTicket().isEmpty()).isTrue();
    }

    @Test
    void keepsItsIdIfTheMonitorIsOnlyNotReady() throws Exception {
        monitor.logIn(client, ConnectionMode.CRC);
        AuthClient first = client.client(EntityType.MON);
        first.start();
        refused(() -> first.badMethod(2, -13, List.of(), List.of()), "EACCES");
        AuthClient second = client.client(EntityType.MON);
        second.start();
        second.replyMore(monitor.challenge());
        refused(() -> second.badMethod(2, -11, List.of(2), List.of(1)), "EAGAIN (-11)");

        assertThat(client.globalId()).isEqualTo(FakeMonitor.GLOBAL_ID);
    }

    @Scenario("A07")
    @Test
    void saysByNameWhyAMonitorRefusesAWrongKey() throws Exception {
        for (int errno : new int[] {13, 1}) {
            AuthClient login = client.client(EntityType.MON);
            login.start();
            login.replyMore(monitor.challenge());

            refused(
                    () -> login.badMethod(2, -errno, List.of(2), List.of(2, 1)),
                    "the peer refuses method cephx with " + (errno == 13 ? "EACCES (-13)" : "EPERM (-1)")
                            + ": it allows methods [cephx], modes [secure, crc]");
        }
    }

    @Scenario("A07")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void refusesTicketsThatAreSealedWithAnotherKey(KeyType type) {
        FakeMonitor peer = new FakeMonitor(type, 4);
        CephxConfig wrong = CephxConfig.of(FakeMonitor.CLIENT, peer.key(type));
        CephxClient ours = new CephxClient(wrong, InstantSource.fixed(NOW), peer.entropy);
        AuthClient login = ours.client(EntityType.MON);

        refused(
                () -> {
                    login.start();
                    login.replyMore(peer.challenge());
                    login.done(
                            FakeMonitor.GLOBAL_ID,
                            ConnectionMode.CRC,
                            FakeMonitor.reply(peer.login(null, Set.of(), ConnectionMode.CRC)));
                },
                "cannot open the session key: another key, or changed bytes");
        assertThat(ours.globalId()).isZero();
    }

    @Scenario("A28")
    @Test
    void refusesAReplyWhoseKeyTypeIsNotOurs() throws Exception {
        FakeMonitor modern = new FakeMonitor(KeyType.AES256KRB5, 5);

        refused(
                () -> done(FakeMonitor.reply(modern.login(null, Set.of(), ConnectionMode.CRC))),
                "cannot open the session key");
        // An entity whose key an old monitor cannot read gets an answer in words.
        AuthClient login =
                new CephxClient(modern.config(), InstantSource.fixed(NOW), modern.entropy).client(EntityType.MON);
        login.start();
        login.replyMore(modern.challenge());
        refused(() -> login.badMethod(2, -13, List.of(2), List.of(1)), "EACCES (-13)");
    }

    @Scenario("A25")
    @Test
    void reportsAnErrorInsideOfAuthDone() {
        Opaque reply = FakeMonitor.reply(RequestType.GET_AUTH_SESSION_KEY, -13, out -> {});
        refused(() -> done(reply), "the monitor answers GET_AUTH_SESSION_KEY with EACCES (-13)");
        // And a positive one is no length either.
        LoginReply login = monitor.login(null, Set.of(), ConnectionMode.CRC);
        refused(() -> done(FakeMonitor.reply(RequestType.GET_AUTH_SESSION_KEY, 4, login)), "with error 4");
    }

    @Scenario("A26")
    @Test
    void answersOneChallengeOnly() throws Exception {
        AuthClient login = client.client(EntityType.MON);
        login.start();
        login.replyMore(monitor.challenge());

        refused(() -> login.replyMore(monitor.challenge()), "the monitor challenges once");
    }

    @Test
    void refusesAMonitorThatDoesNotChallenge() throws Exception {
        AuthClient login = client.client(EntityType.MON);
        login.start();
        Opaque reply = FakeMonitor.reply(monitor.login(null, Set.of(), ConnectionMode.CRC));

        refused(() -> login.done(FakeMonitor.GLOBAL_ID, ConnectionMode.CRC, reply), "the monitor wants no proof");
    }

    @Test
    void refusesAChallengeOfZero() throws Exception {
        AuthClient login = client.client(EntityType.MON);
        login.start();

        assertThatThrownBy(() -> login.replyMore(new ServerChallenge(0).encoded()))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("server_challenge: 0");
    }

    @Test
    void refusesAnotherIdThanTheOneItReclaims() throws Exception {
        monitor.logIn(client, ConnectionMode.CRC);
        CryptoKey oldKey = monitor.authKey();
        Opaque reply = FakeMonitor.reply(monitor.login(oldKey, Set.of(), ConnectionMode.CRC));

        refused(() -> done(reply, 9), "global_id 4711 was reclaimed, the peer gave 9");
        refused(() -> done(reply, 0), "the monitor gives no global_id");
        assertThat(client.globalId()).isEqualTo(FakeMonitor.GLOBAL_ID);
    }

    @Test
    void keepsOneIdWhenTwoMonitorsGiveOneAtTheSameTime() throws Exception {
        AuthClient first = client.client(EntityType.MON);
        AuthClient second = client.client(EntityType.MON);
        first.start();
        second.start();
        first.replyMore(monitor.challenge());
        second.replyMore(monitor.challenge());
        Opaque reply = FakeMonitor.reply(monitor.login(null, ALL, ConnectionMode.CRC));
        first.done(1, ConnectionMode.CRC, reply);

        assertThatThrownBy(() -> second.done(2, ConnectionMode.CRC, reply))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("another monitor has already given us global_id 1, this one gives 2");
        assertThat(client.globalId()).isEqualTo(1);
    }

    @Test
    void adoptsNothingOfAReplyWhoseLastTicketIsBroken() {
        LoginReply good = monitor.login(null, Set.of(EntityType.MON), ConnectionMode.CRC);
        List<IssuedTicket> tickets =
                new ArrayList<>(monitor.services(Set.of(EntityType.OSD)).tickets());
        IssuedTicket last = tickets.get(0);
        byte[] sealed = last.sealedTicket().toByteArray();
        sealed[3] ^= 1;
        tickets.add(new IssuedTicket(EntityType.MGR.code(), Opaque.copyOf(sealed), false, last.ticket()));

        refused(
                () -> done(FakeMonitor.reply(
                        new LoginReply(good.login(), good.secretBlob(), new ServiceTicketReply(tickets).encoded()))),
                "cannot open the session key");
        assertThat(client.globalId()).isZero();
        assertThat(client.hasTicket(EntityType.OSD)).isFalse();
    }

    @Test
    void refusesTicketsThatNobodyAskedFor() {
        LoginReply good = monitor.login(null, ALL, ConnectionMode.CRC);
        IssuedTicket auth = good.login().tickets().get(0);

        refused(() -> done(reply(List.of(auth, auth), good.extra())), "a login gives exactly the auth ticket");
        refused(() -> done(reply(List.of(), good.extra())), "a login gives exactly the auth ticket");
        IssuedTicket osd = monitor.issue(EntityType.OSD, monitor.entityKey, null, FakeMonitor.SERVICE_VALIDITY);
        refused(() -> done(reply(List.of(osd), Opaque.EMPTY)), "a login gives exactly the auth ticket");
        IssuedTicket forClients = monitor.issue(EntityType.CLIENT, monitor.authKey(), null, UTime.ZERO);
        refused(() -> done(reply(List.of(auth), tickets(forClients))), "a ticket for client, asked for were");
    }

    @Test
    void refusesTwoTicketsForOneService() {
        LoginReply good = monitor.login(null, Set.of(), ConnectionMode.CRC);
        IssuedTicket osd = monitor.issue(EntityType.OSD, monitor.authKey(), null, FakeMonitor.SERVICE_VALIDITY);

        refused(() -> done(reply(good.login().tickets(), tickets(osd, osd))), "two tickets for osd");
    }

    @Test
    void ignoresTheSecondLoginTicketThatOldMonitorsAdd() throws Exception {
        LoginReply good = monitor.login(null, Set.of(), ConnectionMode.CRC);
        TicketBlob right = monitor.blobs.get(EntityType.AUTH);
        IssuedTicket wrong = monitor.issue(EntityType.AUTH, monitor.authKey(), null, FakeMonitor.AUTH_VALIDITY);

        done(reply(good.login().tickets(), tickets(wrong)));

        AuthClient again = client.client(EntityType.MON);
        again.start();
        assertThat(monitor.verified(again.replyMore(monitor.challenge())).oldTicket())
                .isEqualTo(right);
    }

    @Test
    void refusesAnEncryptedTicketIfItShowedNone() {
        LoginReply reply = monitor.login(monitor.entityKey, Set.of(), ConnectionMode.CRC);

        refused(() -> done(FakeMonitor.reply(reply)), "the ticket for auth is encrypted, but we showed none");
    }

    @Test
    void acceptsAReplyThatEndsAfterTheLogin() throws Exception {
        LoginReply login = monitor.login(null, Set.of(), ConnectionMode.CRC);

        done(FakeMonitor.reply(RequestType.GET_AUTH_SESSION_KEY, 0, login.login()));

        assertThat(client.globalId()).isEqualTo(FakeMonitor.GLOBAL_ID);
        // But not in secure mode, which needs a secret.
        refused(
                () -> loginWith(
                        FakeMonitor.reply(RequestType.GET_AUTH_SESSION_KEY, 0, login.login()),
                        4711,
                        ConnectionMode.SECURE),
                "a connection secret of 0 bytes, mode secure needs 64");
    }

    @Test
    void refusesAConnectionSecretOfTheWrongLength() {
        LoginReply login = monitor.login(null, Set.of(), ConnectionMode.SECURE);
        for (int length : new int[] {1, 40, 63, 65}) {
            Opaque secret = monitor.secretBlob(Opaque.zeros(length));
            refused(
                    () -> loginWith(
                            FakeMonitor.reply(new LoginReply(login.login(), secret, Opaque.EMPTY)),
                            FakeMonitor.GLOBAL_ID,
                            ConnectionMode.SECURE),
                    "a connection secret of " + length + " bytes");
        }
        refused(() -> done(FakeMonitor.reply(login)), "a connection secret of 64 bytes, mode crc needs 0");
    }

    @Test
    void takesTicketsOfAbsurdValidityWithoutTrouble() throws Exception {
        for (UTime validity : List.of(UTime.ZERO, new UTime(0xffff_ffffL, 0xffff_ffffL))) {
            FakeMonitor peer = new FakeMonitor(KeyType.AES, 6);
            CephxClient ours = client(peer);
            AuthClient login = ours.client(EntityType.MON);
            login.start();
            login.replyMore(peer.challenge());
            IssuedTicket ticket = peer.issue(EntityType.AUTH, peer.entityKey, null, validity);
            login.done(
                    FakeMonitor.GLOBAL_ID,
                    ConnectionMode.CRC,
                    FakeMonitor.reply(
                            new LoginReply(new ServiceTicketReply(List.of(ticket)), Opaque.EMPTY, Opaque.EMPTY)));

            assertThat(ours.renewal().orElseThrow().nextRenewal()).isAfterOrEqualTo(NOW);
        }
    }

    @Scenario({"A24", "A27"})
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void refusesEveryCutAndEveryChangedByteOfTheSealedParts(KeyType type) {
        FakeMonitor peer = new FakeMonitor(type, 7);
        byte[] reply =
                FakeMonitor.reply(peer.login(null, ALL, ConnectionMode.SECURE)).toByteArray();
        // Such a reply may end after the login, and after the secret: mode secure misses the latter.
        int extraAt = reply.length - peer.services(ALL).encoded().length() - Integer.BYTES;
        for (int length = 0; length < reply.length; length++) {
            byte[] cut = Arrays.copyOf(reply, length);
            if (length == extraAt) {
                continue;
            }
            assertThatThrownBy(() -> freshLogin(peer, cut, ConnectionMode.SECURE))
                    .as("cut to %d bytes", length)
                    .isInstanceOf(ProtocolException.class);
        }
        for (int at = 0; at < reply.length; at++) {
            byte[] changed = reply.clone();
            changed[at] ^= (byte) 0x80;
            try {
                freshLogin(peer, changed, ConnectionMode.SECURE);
            } catch (ProtocolException expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            } catch (Exception e) {
                throw new AssertionError("byte " + at, e);
            }
        }
    }

    private static void freshLogin(FakeMonitor peer, byte[] reply, ConnectionMode mode) throws ProtocolException {
        AuthClient login = client(peer).client(EntityType.MON);
        login.start();
        login.replyMore(peer.challenge());
        login.done(FakeMonitor.GLOBAL_ID, mode, Opaque.copyOf(reply));
    }

    @Scenario("A02")
    @Test
    void logsInWithoutProofsWhereThatIsConfigured() throws Exception {
        CephxClient ours = new CephxClient(
                monitor.config().withMethods(List.of(AuthMethod.NONE, AuthMethod.CEPHX)),
                InstantSource.fixed(NOW),
                monitor.entropy);
        AuthClient login = ours.client(EntityType.MON);
        assertThat(login.start().method()).isEqualTo(AuthMethod.NONE);

        AuthOutcome outcome = login.done(5, ConnectionMode.CRC, Opaque.EMPTY);

        assertThat(outcome.identity().authenticated()).isFalse();
        assertThat(outcome.sessionKey()).isSameAs(SessionKey.NONE);
        assertThat(ours.client(EntityType.OSD).start().method()).isEqualTo(AuthMethod.NONE);
    }

    private static Opaque tickets(IssuedTicket... tickets) {
        return new ServiceTicketReply(List.of(tickets)).encoded();
    }

    private Opaque reply(List<IssuedTicket> login, Opaque extra) {
        return FakeMonitor.reply(new LoginReply(new ServiceTicketReply(login), Opaque.EMPTY, extra));
    }

    private void done(Opaque reply) throws ProtocolException {
        done(reply, FakeMonitor.GLOBAL_ID);
    }

    private void done(Opaque reply, long globalId) throws ProtocolException {
        loginWith(reply, globalId, ConnectionMode.CRC);
    }

    private void loginWith(Opaque reply, long globalId, ConnectionMode mode) throws ProtocolException {
        AuthClient login = client.client(EntityType.MON);
        login.start();
        login.replyMore(monitor.challenge());
        login.done(globalId, mode, reply);
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProtocolException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(FaultKind.AUTH))
                .hasMessageContaining(message);
    }
}
