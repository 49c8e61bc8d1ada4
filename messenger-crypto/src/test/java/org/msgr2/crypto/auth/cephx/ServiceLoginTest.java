package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
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
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.KeyUsage;

/** Connections to services that behave, and to ones that do not. */
class ServiceLoginTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private final FakeMonitor monitor = new FakeMonitor(KeyType.AES, 11);
    private final FakeService osd = new FakeService(EntityType.OSD, monitor);
    private final CephxClient client = client(monitor);

    private static CephxClient client(FakeMonitor monitor) {
        CephxClient client = new CephxClient(monitor.config(), InstantSource.fixed(NOW), monitor.entropy);
        try {
            monitor.logIn(client, ConnectionMode.CRC);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return client;
    }

    @Scenario({"A15", "A28"})
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void showsItsTicketAndAnswersTheChallenge(KeyType type) throws Exception {
        FakeMonitor peer = new FakeMonitor(type, 12);
        CephxClient ours = client(peer);
        FakeService service = new FakeService(EntityType.OSD, peer);
        for (ConnectionMode mode : List.of(ConnectionMode.CRC, ConnectionMode.SECURE)) {
            AuthClient login = ours.client(EntityType.OSD);
            FakeService.Shown first = service.open(login.start().payload());
            assertThat(first.globalId()).isEqualTo(FakeMonitor.GLOBAL_ID);
            assertThat(first.authorize().haveChallenge()).isFalse();

            FakeService.Shown second = service.open(login.replyMore(service.challenge(first)));

            assertThat(second.authorize())
                    .isEqualTo(Authorize.answer(first.authorize().nonce(), FakeService.CHALLENGE));
            Opaque secret = mode == ConnectionMode.SECURE ? peer.connectionSecret : Opaque.EMPTY;
            long noncePlusOne = first.authorize().nonce() + 1;
            AuthOutcome outcome = login.done(FakeMonitor.GLOBAL_ID, mode, service.done(second, noncePlusOne, secret));
            assertThat(outcome.connectionSecret()).isEqualTo(secret);
            assertThat(outcome.identity().name()).hasToString("osd.*");
        }
    }

    @Scenario("A17")
    @Test
    void keepsTheChallengesOfTwoConnectionsApart() throws Exception {
        AuthClient one = client.client(EntityType.OSD);
        AuthClient two = client.client(EntityType.OSD);
        FakeService.Shown first = osd.open(one.start().payload());
        FakeService.Shown second = osd.open(two.start().payload());
        assertThat(first.authorize().nonce()).isNotEqualTo(second.authorize().nonce());
        two.replyMore(osd.challenge(second));
        FakeService.Shown answered = osd.open(one.replyMore(osd.challenge(first)));

        assertThat(answered.authorize().nonce()).isEqualTo(first.authorize().nonce());
        refused(
                () -> one.done(
                        FakeMonitor.GLOBAL_ID,
                        ConnectionMode.CRC,
                        osd.done(answered, second.authorize().nonce() + 1, Opaque.EMPTY)),
                "the service answers another authorizer");
    }

    @Scenario({"A15", "A26"})
    @Test
    void refusesASecondChallengeAndNoneAtAll() throws Exception {
        AuthClient login = client.client(EntityType.OSD);
        FakeService.Shown shown = osd.open(login.start().payload());
        Opaque done = osd.done(shown, shown.authorize().nonce() + 1, Opaque.EMPTY);
        refused(
                () -> login.done(FakeMonitor.GLOBAL_ID, ConnectionMode.CRC, done),
                "the service takes an authorizer without a challenge");
        login.replyMore(osd.challenge(shown));

        refused(() -> login.replyMore(osd.challenge(shown)), "the service challenges once, this is one more");
    }

    @Scenario("A09")
    @Test
    void refusesAModeThatItDidNotOffer() throws Exception {
        CephxClient crcOnly = new CephxClient(
                monitor.config().withModes(List.of(ConnectionMode.CRC), List.of(ConnectionMode.CRC)),
                InstantSource.fixed(NOW),
                monitor.entropy);
        monitor.logIn(crcOnly, ConnectionMode.CRC);
        AuthClient login = crcOnly.client(EntityType.OSD);
        FakeService.Shown shown = answered(login);

        refused(
                () -> login.done(
                        FakeMonitor.GLOBAL_ID,
                        ConnectionMode.SECURE,
                        osd.done(shown, shown.authorize().nonce() + 1, monitor.connectionSecret)),
                "the peer chose mode secure, offered were [crc]");
    }

    @Test
    void refusesAnAnswerWithAnotherNonceIdOrSecret() throws Exception {
        AuthClient login = client.client(EntityType.OSD);
        FakeService.Shown shown = answered(login);
        long right = shown.authorize().nonce() + 1;

        refused(
                () -> login.done(FakeMonitor.GLOBAL_ID, ConnectionMode.CRC, osd.done(shown, right - 1, Opaque.EMPTY)),
                "the service answers another authorizer");
        refused(
                () -> login.done(1, ConnectionMode.CRC, osd.done(shown, right, Opaque.EMPTY)),
                "our global_id is 4711, the service says 1");
        refused(
                () -> login.done(
                        FakeMonitor.GLOBAL_ID, ConnectionMode.SECURE, osd.done(shown, right, Opaque.zeros(63))),
                "a connection secret of 63 bytes, mode secure needs 64");
        // The right one still passes: a bad reply leaves no trace.
        login.done(FakeMonitor.GLOBAL_ID, ConnectionMode.CRC, osd.done(shown, right, Opaque.EMPTY));
    }

    @Scenario("A27")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void refusesEveryCutAndEveryChangedByteOfTheReply(KeyType type) throws Exception {
        FakeMonitor peer = new FakeMonitor(type, 13);
        CephxClient ours = client(peer);
        FakeService service = new FakeService(EntityType.OSD, peer);
        AuthClient login = ours.client(EntityType.OSD);
        FakeService.Shown shown = service.open(login.start().payload());
        byte[] challenge = service.challenge(shown).toByteArray();
        for (int length = 0; length < challenge.length; length++) {
            Opaque cut = Opaque.copyOf(Arrays.copyOf(challenge, length));
            refused(() -> login.replyMore(cut), "cannot open the authorizer challenge: another key, or changed bytes");
        }
        login.replyMore(service.challenge(shown));
        byte[] reply = service.done(shown, shown.authorize().nonce() + 1, peer.connectionSecret)
                .toByteArray();
        for (int at = 0; at < reply.length; at++) {
            Opaque cut = Opaque.copyOf(Arrays.copyOf(reply, at));
            assertThatThrownBy(() -> login.done(FakeMonitor.GLOBAL_ID, ConnectionMode.SECURE, cut))
                    .isInstanceOf(ProtocolException.class);
            if (type == KeyType.AES256KRB5) {
                byte[] changed = reply.clone();
                changed[at] ^= 1;
                assertThatThrownBy(
                                () -> login.done(FakeMonitor.GLOBAL_ID, ConnectionMode.SECURE, Opaque.copyOf(changed)))
                        .isInstanceOf(ProtocolException.class);
            }
        }
        byte[] longer = Arrays.copyOf(reply, reply.length + 1);
        assertThatThrownBy(() -> login.done(FakeMonitor.GLOBAL_ID, ConnectionMode.SECURE, Opaque.copyOf(longer)))
                .hasMessage("authorize reply: 1 bytes too many");
    }

    @Scenario("A27")
    @Test
    void saysTheSameWhateverIsWrongInsideOfASealedPart() throws Exception {
        AuthClient login = client.client(EntityType.OSD);
        FakeService.Shown shown = osd.open(login.start().payload());
        List<Encodable> lies = List.of(
                out -> out.u8(2).u64(1), // struct_v
                out -> out.u8(1), // too short
                out -> out.u8(1).u64(1).u8(0)); // too long
        for (Encodable lie : lies) {
            Opaque sealed = Envelope.seal(shown.sessionKey(), KeyUsage.AUTHORIZE_CHALLENGE, lie, monitor.entropy);
            refused(
                    () -> login.replyMore(sealed),
                    "cannot open the authorizer challenge: another key, or changed bytes");
        }
        Opaque otherMagic = shown.sessionKey().encrypt(KeyUsage.AUTHORIZE_CHALLENGE, new byte[18], monitor.entropy);
        refused(
                () -> login.replyMore(otherMagic),
                "cannot open the authorizer challenge: another key, or changed bytes");
    }

    @Test
    void saysThatItHasNoTicketYet() throws Exception {
        CephxClient fresh = new CephxClient(monitor.config(), InstantSource.fixed(NOW), monitor.entropy);

        refused(() -> fresh.client(EntityType.OSD).start(), "no ticket for osd yet: a monitor gives them");
        refused(() -> client.client(EntityType.CLIENT).start(), "no ticket for client yet");
        assertThat(fresh.hasTicket(EntityType.OSD)).isFalse();
    }

    @Scenario("A18")
    @Test
    void wantsAnotherTicketWhenAServiceRefusesTheOneItHas() throws Exception {
        TicketRenewal renewal = client.renewal().orElseThrow();
        assertThat(renewal.request()).isEmpty();
        AuthClient login = client.client(EntityType.OSD);
        login.start();

        refused(
                () -> login.badMethod(2, -13, List.of(2), List.of(1, 2)),
                "the peer refuses method cephx with EACCES (-13): it allows methods [cephx], modes [crc, secure]");

        assertThat(renewal.nextRenewal()).isEqualTo(NOW);
        assertThat(renewal.request()).isPresent();
        Opaque reply =
                FakeMonitor.reply(RequestType.GET_PRINCIPAL_SESSION_KEY, 0, monitor.services(Set.of(EntityType.OSD)));
        renewal.reply(FakeMonitor.message(reply));
        assertThat(osd.open(client.client(EntityType.OSD).start().payload()).sessionKey())
                .isEqualTo(monitor.sessionKeys.get(EntityType.OSD));
        assertThat(renewal.nextRenewal()).isAfter(NOW);
    }

    private FakeService.Shown answered(AuthClient login) throws Exception {
        FakeService.Shown first = osd.open(login.start().payload());
        return osd.open(login.replyMore(osd.challenge(first)));
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProtocolException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(FaultKind.AUTH))
                .hasMessageContaining(message)
                .hasNoCause();
    }
}
