package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.KeyUsage;

/** Tickets and rotating keys over an open monitor session. */
class TicketRenewalTest {
    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration THREE_QUARTERS = Duration.ofMinutes(45);

    private final FakeMonitor monitor = new FakeMonitor(KeyType.AES, 31);
    private final AdjustableClock clock = new AdjustableClock(START);
    private final CephxClient client = new CephxClient(
            monitor.config().withServices(Set.of(EntityType.OSD, EntityType.MGR)), clock, monitor.entropy);

    @BeforeEach
    void logIn() throws Exception {
        monitor.logIn(client, ConnectionMode.CRC);
    }

    private TicketRenewal renewal() {
        return client.renewal().orElseThrow();
    }

    @Scenario("A20")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void renewsServiceTicketsAfterThreeQuartersOfTheirLife(KeyType type) throws Exception {
        FakeMonitor peer = new FakeMonitor(type, 32);
        CephxClient ours = new CephxClient(
                peer.config().withServices(Set.of(EntityType.OSD, EntityType.MGR)), clock, peer.entropy);
        peer.logIn(ours, ConnectionMode.CRC);
        TicketRenewal renewal = ours.renewal().orElseThrow();
        assertThat(renewal.nextRenewal()).isEqualTo(START.plus(THREE_QUARTERS));
        clock.advance(THREE_QUARTERS.minusNanos(1));
        assertThat(renewal.request()).isEmpty();
        clock.advance(Duration.ofNanos(1));

        WireReader request = Decoding.reader(renewal.request().orElseThrow());

        assertThat(RequestType.read(request)).isEqualTo(RequestType.GET_PRINCIPAL_SESSION_KEY);
        Authorizer authorizer = Authorizer.read(request);
        assertThat(authorizer.service()).isEqualTo(EntityType.AUTH);
        assertThat(authorizer.globalId()).isEqualTo(FakeMonitor.GLOBAL_ID);
        assertThat(authorizer.ticket()).isEqualTo(peer.blobs.get(EntityType.AUTH));
        assertThat(Envelope.open(peer.authKey(), KeyUsage.AUTHORIZE, authorizer.sealedAuthorize(), Authorize::read)
                        .haveChallenge())
                .isFalse();
        assertThat(ServiceTicketRequest.read(request))
                .isEqualTo(new ServiceTicketRequest(EntityType.OSD.code() | EntityType.MGR.code()));
        assertThat(request.remaining()).isZero();
        ServiceTicketReply tickets = peer.services(Set.of(EntityType.OSD, EntityType.MGR));
        assertThat(renewal.reply(
                        FakeMonitor.message(FakeMonitor.reply(RequestType.GET_PRINCIPAL_SESSION_KEY, 0, tickets))))
                .isEmpty();
        assertThat(renewal.nextRenewal()).isEqualTo(START.plus(THREE_QUARTERS.multipliedBy(2)));
        FakeService osd = new FakeService(EntityType.OSD, peer);
        assertThat(osd.open(ours.client(EntityType.OSD).start().payload()).sessionKey())
                .isEqualTo(peer.sessionKeys.get(EntityType.OSD));
    }

    @Scenario({"A20", "A21"})
    @Test
    void renewsTheLoginWithTheChallengeOfItsSession() throws Exception {
        CryptoKey oldKey = monitor.authKey();
        TicketBlob old = monitor.blobs.get(EntityType.AUTH);
        clock.advance(Duration.ofHours(54));

        Authenticate proof = monitor.verified(renewal().request().orElseThrow());

        assertThat(proof.oldTicket()).isEqualTo(old);
        assertThat(proof.otherKeys()).isEqualTo(EntityType.OSD.code() | EntityType.MGR.code());
        LoginReply reply = monitor.login(oldKey, Set.of(EntityType.OSD, EntityType.MGR), ConnectionMode.CRC);
        renewal().reply(FakeMonitor.message(FakeMonitor.reply(reply)));
        assertThat(renewal().nextRenewal()).isEqualTo(clock.instant().plus(THREE_QUARTERS));
        assertThat(client.globalId()).isEqualTo(FakeMonitor.GLOBAL_ID);
    }

    @Test
    void asksAgainForWhatWasNotAnswered() {
        clock.advance(THREE_QUARTERS);
        assertThat(renewal().request()).isPresent();
        assertThat(renewal().request()).isEmpty();
        assertThat(renewal().nextRenewal()).isEqualTo(clock.instant().plus(TicketRenewal.SPACING));
        clock.advance(TicketRenewal.SPACING);
        assertThat(renewal().request()).isPresent();
    }

    @Test
    void hasTimeForMoreThanOneTryIfTicketsLiveShortly() throws Exception {
        clock.advance(THREE_QUARTERS);
        renewal().request();
        UTime life = new UTime(16, 0);
        renewal()
                .reply(FakeMonitor.message(FakeMonitor.reply(
                        RequestType.GET_PRINCIPAL_SESSION_KEY,
                        0,
                        new ServiceTicketReply(List.of(
                                monitor.issue(EntityType.OSD, monitor.authKey(), null, life),
                                monitor.issue(EntityType.MGR, monitor.authKey(), null, life))))));
        assertThat(renewal().nextRenewal()).isEqualTo(clock.instant().plusSeconds(12));
        clock.advance(Duration.ofSeconds(12));
        assertThat(renewal().request()).isPresent();
        assertThat(renewal().nextRenewal()).isEqualTo(clock.instant().plusSeconds(4));
        clock.advance(Duration.ofSeconds(4).minusNanos(1));
        assertThat(renewal().request()).isEmpty();
        clock.advance(Duration.ofNanos(1));
        assertThat(renewal().request()).isPresent();
    }

    @Test
    void doesNotKeepAskingForWhatAMonitorWillNotGive() throws Exception {
        clock.advance(THREE_QUARTERS);
        renewal().request();
        renewal()
                .reply(FakeMonitor.message(FakeMonitor.reply(
                        RequestType.GET_PRINCIPAL_SESSION_KEY, 0, monitor.services(Set.of(EntityType.OSD)))));

        assertThat(renewal().nextRenewal()).isEqualTo(clock.instant().plus(THREE_QUARTERS));
        // The next login asks again.
        var login = client.client(EntityType.MON);
        login.start();
        assertThat(monitor.verified(login.replyMore(monitor.challenge())).otherKeys())
                .isEqualTo(EntityType.MGR.code());
    }

    @Test
    void asksEverySoOftenAtMostIfTicketsAreBornExpired() throws Exception {
        clock.advance(THREE_QUARTERS);
        renewal().request();
        IssuedTicket osd = monitor.issue(EntityType.OSD, monitor.authKey(), null, UTime.ZERO);
        IssuedTicket mgr = monitor.issue(EntityType.MGR, monitor.authKey(), null, UTime.ZERO);
        renewal()
                .reply(FakeMonitor.message(FakeMonitor.reply(
                        RequestType.GET_PRINCIPAL_SESSION_KEY, 0, new ServiceTicketReply(List.of(osd, mgr)))));

        assertThat(renewal().request()).isEmpty();
        assertThat(renewal().nextRenewal()).isEqualTo(clock.instant().plus(TicketRenewal.SPACING_MIN));
    }

    @Test
    void adoptsNothingThatItDidNotAskForOrThatIsForSomebodyElse() throws Exception {
        Opaque tickets =
                FakeMonitor.reply(RequestType.GET_PRINCIPAL_SESSION_KEY, 0, monitor.services(Set.of(EntityType.OSD)));
        assertThatThrownBy(() -> renewal().reply(FakeMonitor.message(tickets)))
                .hasMessage("tickets that nobody asked for");
        clock.advance(THREE_QUARTERS);
        renewal().request();

        refused(() -> renewal().reply(new AuthReplyMessage(2, 0, 1, tickets, "")), "our global_id is 4711");
        refused(() -> renewal().reply(new AuthReplyMessage(1, 0, 4711, tickets, "")), "an answer of method 1");
        refused(
                () -> renewal()
                        .reply(FakeMonitor.message(
                                FakeMonitor.reply(RequestType.GET_PRINCIPAL_SESSION_KEY, -13, out -> {}))),
                "EACCES (-13)");
        refused(
                () -> renewal()
                        .reply(FakeMonitor.message(FakeMonitor.reply(
                                RequestType.GET_PRINCIPAL_SESSION_KEY, 0, monitor.services(Set.of(EntityType.MDS))))),
                "a ticket for mds, asked for were [osd, mgr]");
        // None of these used the request up.
        renewal().reply(FakeMonitor.message(tickets));
    }

    @Test
    void saysByNameWhyAMonitorRefusesARenewal() {
        clock.advance(THREE_QUARTERS);
        renewal().request();

        refused(
                () -> renewal().reply(new AuthReplyMessage(2, -1, 4711, Opaque.EMPTY, "")),
                "the monitor refuses a renewal with EPERM (-1)");
    }

    @Scenario("A28")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void fetchesRotatingKeys(KeyType type) throws Exception {
        FakeMonitor peer = new FakeMonitor(type, 33);
        CephxClient ours = new CephxClient(peer.config(), clock, peer.entropy);
        peer.logIn(ours, ConnectionMode.CRC);
        TicketRenewal renewal = ours.renewal().orElseThrow();
        RotatingSecrets secrets = new RotatingSecrets(
                new TreeMap<>(Map.of(
                        3L, new ExpiringKey(peer.key(type), new UTime(1, 2)),
                        4L, new ExpiringKey(peer.key(type), new UTime(3, 4)))),
                4);
        Opaque sealed = Envelope.seal(peer.entityKey, KeyUsage.ROTATING_SECRETS, secrets, peer.entropy);
        Opaque reply = FakeMonitor.reply(RequestType.GET_ROTATING_KEY, 0, out -> out.blob(sealed));

        assertThat(HexFormat.of().formatHex(renewal.rotatingKeysRequest().toByteArray()))
                .isEqualTo("0004");

        assertThat(renewal.reply(FakeMonitor.message(reply))).contains(secrets);
        assertThatThrownBy(() -> renewal.reply(FakeMonitor.message(reply))).hasMessage("tickets that nobody asked for");
    }

    @Test
    void readsTheRecordedRotatingKeys() throws Exception {
        for (JsonNode recorded :
                CephVectors.json("ceph/z_cephx_primitives.json").get("rotating")) {
            AuthReplyMessage message = AuthReplyMessage.read(Unpooled.wrappedBuffer(
                    HexFormat.of().parseHex(recorded.get("mauthreply_front").asText())));
            TicketStore store = new TicketStore(Set.of());
            store.install(message.globalId(), List.of());
            CryptoKey key = RecordedHandshake.aes(recorded.get("entity_secret").asText());
            EntityName name = EntityName.parse(recorded.get("entity").asText());
            TicketRenewal renewal =
                    new TicketRenewal(CephxConfig.of(name, key), store, 1, clock, new ScriptedEntropy());
            renewal.rotatingKeysRequest();

            Optional<RotatingSecrets> secrets = renewal.reply(message);

            assertThat(secrets.orElseThrow().maxVersion()).isEqualTo(3);
            assertThat(secrets.orElseThrow().keys()).hasSize(3).allSatisfy((id, secret) -> {
                assertThat(HexFormat.of().formatHex(secret.key().secret()))
                        .isEqualTo(recorded.get("secrets").get(id.toString()).asText());
                assertThat(secret.expiration().seconds())
                        .isGreaterThan(secret.key().created().seconds());
            });
        }
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProtocolException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(FaultKind.AUTH))
                .hasMessageContaining(message);
    }
}
