package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.crypto.auth.cephx.ServerKit.ADMIN;
import static org.msgr2.crypto.auth.cephx.ServerKit.BOTH;
import static org.msgr2.crypto.auth.cephx.ServerKit.CRC;
import static org.msgr2.crypto.auth.cephx.ServerKit.OTHER;
import static org.msgr2.crypto.auth.cephx.ServerKit.SECURE;
import static org.msgr2.crypto.auth.cephx.ServerKit.accepted;
import static org.msgr2.crypto.auth.cephx.ServerKit.assertRefused;
import static org.msgr2.crypto.auth.cephx.ServerKit.keyring;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.Access;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.LoginListener.Reason;
import org.msgr2.crypto.auth.cephx.ServerKit.Peer;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.KeyUsage;

/** A service that peers show tickets to. */
class AuthorizerVerifierTest {
    private static final AuthorityOptions OPTIONS = AuthorityOptions.DEFAULTS;

    private final ServerKit kit = new ServerKit();
    private final List<CompletableFuture<RotatingSecrets>> requests = new ArrayList<>();
    private final List<Duration> delays = new ArrayList<>();
    private TicketAuthority authority;
    private AuthorizerVerifier osd;
    private Peer admin;

    @BeforeEach
    void aClusterWithAService() throws ProtocolException {
        with(KeyType.AES, OPTIONS);
    }

    private void with(KeyType type, AuthorityOptions options) throws ProtocolException {
        authority = kit.authority(type, options);
        osd = verifier(EntityType.OSD, RotatingKeys.of(authority.rotatingSecrets(EntityType.OSD)), TicketChecks.ALL);
        admin = Peer.of(ADMIN, keyring(type));
        accepted(admin.login(authority.server(BOTH), CRC));
    }

    private AuthorizerVerifier verifier(EntityType service, RotatingKeys keys, TicketChecks checks) {
        return new AuthorizerVerifier(
                service,
                keys,
                delay -> {
                    delays.add(delay);
                    requests.add(new CompletableFuture<>());
                    return requests.get(requests.size() - 1);
                },
                checks,
                kit.clock,
                kit.dice,
                kit.failures);
    }

    private AuthReply show(AuthServer server, Authorizer shown) throws ProtocolException {
        return server.request(2, CRC, shown.encoded());
    }

    // --- Accepted

    @Scenario({"A15", "A28"})
    @ParameterizedTest
    @CsvSource({"AES, AES, 1", "AES, AES, 2", "AES, AES256KRB5, 2", "AES256KRB5, AES, 1", "AES256KRB5, AES256KRB5, 2"})
    void believesATicketAndTheAnswerToItsChallenge(KeyType type, KeyType ofServices, int mode)
            throws ProtocolException {
        ServerKit.MemoryStore store = kit.store;
        store.saved = null;
        with(type, OPTIONS.withKeyTypes(ofServices, OPTIONS.entityKeyTypes()));
        AuthReply.Done done = accepted(admin.authorize(osd.server(BOTH), EntityType.OSD, List.of(mode)));
        assertThat(done.globalId()).isEqualTo(admin.globalId);
        assertThat(done.mode()).isEqualTo(ConnectionMode.ofCode(mode));
        assertThat(admin.secret.length()).isEqualTo(mode == 2 ? 64 : 0);
        assertThat(done.outcome().identity().name()).isEqualTo(ADMIN);
        assertThat(done.outcome().identity().globalId()).isEqualTo(admin.globalId);
        assertThat(done.outcome().identity().capabilities().text("osd")).isEqualTo("allow rw");
        assertThat(done.outcome().identity().capabilities().allows("osd", Access.WRITE))
                .isTrue();
        assertThat(done.outcome().identity().capabilities().services())
                .as("a ticket speaks for one service")
                .containsExactly("osd");
        assertThat(done.outcome().session()).isSameAs(AuthSession.NONE);
        byte[] log = {1, 2, 3};
        assertThat(done.outcome().sessionKey().sign(log, 3))
                .isEqualTo(admin.services.get(EntityType.OSD).sessionKey().hmacSha256(log, 0, 3));
        assertThat(kit.failures.counts()).isEmpty();
    }

    @Test
    void whoHasNoCapabilitiesAtTheServiceIsLetInWithNone() throws ProtocolException {
        Peer other = Peer.of(OTHER, keyring(KeyType.AES));
        accepted(other.login(authority.server(BOTH), CRC));
        AuthReply.Done done = accepted(other.authorize(osd.server(BOTH), EntityType.OSD, CRC));
        assertThat(done.outcome().identity().capabilities().services()).isEmpty();
    }

    @Scenario("A08")
    @Test
    void takesTheFirstModeThatTheConnectorPrefersAndWeAllow() throws ProtocolException {
        assertThat(accepted(admin.authorize(osd.server(BOTH), EntityType.OSD, List.of(2, 1)))
                        .mode())
                .isEqualTo(ConnectionMode.SECURE);
        assertThat(accepted(admin.authorize(osd.server(List.of(ConnectionMode.CRC)), EntityType.OSD, List.of(2, 1)))
                        .mode())
                .isEqualTo(ConnectionMode.CRC);
        assertRefused(admin.authorize(osd.server(List.of(ConnectionMode.CRC)), EntityType.OSD, SECURE), -95);
    }

    // --- Challenges

    @Scenario("A16")
    @Test
    void theFirstAuthorizerIsNeverEnough() throws ProtocolException {
        Authorizer first = admin.authorizer(EntityType.OSD, Authorize.first(7));
        AuthServer server = osd.server(BOTH);
        assertThat(show(server, first)).isInstanceOf(AuthReply.More.class);
        assertRefused(server.requestMore(first.encoded()), -13);
        // Not even if it claims to answer something.
        Authorizer eager = admin.authorizer(EntityType.OSD, Authorize.answer(7, 0));
        AuthServer another = osd.server(BOTH);
        assertThat(show(another, eager)).isInstanceOf(AuthReply.More.class);
        assertRefused(another.requestMore(eager.encoded()), -13);
        // An old client's cannot answer at all.
        Authorizer old = admin.authorizer(EntityType.OSD, new Authorize(1, 7, false, 0));
        AuthServer third = osd.server(BOTH);
        assertThat(show(third, old)).isInstanceOf(AuthReply.More.class);
        assertRefused(third.requestMore(old.encoded()), -13);
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.CHALLENGE, 3L));
    }

    @Scenario("A16")
    @Test
    void aRecordedHandshakeCannotBeReplayed() throws ProtocolException {
        Authorizer first = admin.authorizer(EntityType.OSD, Authorize.first(7));
        AuthServer server = osd.server(BOTH);
        AuthReply.More more = (AuthReply.More) show(server, first);
        Opaque second = admin.answer(EntityType.OSD, 7, more.payload());
        accepted(server.requestMore(second));
        assertThatThrownBy(() -> server.requestMore(second)).isInstanceOf(ProtocolException.class);
        AuthServer later = osd.server(BOTH);
        assertThat(show(later, first)).isInstanceOf(AuthReply.More.class);
        assertRefused(later.requestMore(second), -13);
    }

    @Scenario("A17")
    @Test
    void twoConnectionsOfOneClientHaveEachItsOwnChallenge() throws ProtocolException {
        AuthServer a = osd.server(BOTH);
        AuthServer b = osd.server(BOTH);
        AuthServer c = osd.server(BOTH);
        AuthReply.More toA = (AuthReply.More) show(a, admin.authorizer(EntityType.OSD, Authorize.first(1)));
        AuthReply.More toB = (AuthReply.More) show(b, admin.authorizer(EntityType.OSD, Authorize.first(2)));
        AuthReply.More toC = (AuthReply.More) show(c, admin.authorizer(EntityType.OSD, Authorize.first(3)));
        accepted(admin.answer(b, EntityType.OSD, 2, toB));
        accepted(admin.answer(a, EntityType.OSD, 1, toA));
        assertRefused(admin.answer(c, EntityType.OSD, 3, toA), -13);
        assertThat(toC).isNotEqualTo(toA);
    }

    @Test
    void theSecondAuthorizerIsTheSameButForTheAnswer() throws ProtocolException {
        Peer again = Peer.of(ADMIN, keyring(KeyType.AES));
        accepted(again.login(authority.server(BOTH), CRC));
        AuthServer otherNonce = osd.server(BOTH);
        AuthReply.More more = (AuthReply.More) show(otherNonce, admin.authorizer(EntityType.OSD, Authorize.first(1)));
        assertRefused(admin.answer(otherNonce, EntityType.OSD, 2, more), -13);
        AuthServer otherTicket = osd.server(BOTH);
        AuthReply.More next = (AuthReply.More) show(otherTicket, admin.authorizer(EntityType.OSD, Authorize.first(1)));
        long challenge = admin.challenge(EntityType.OSD, next.payload());
        assertRefused(
                otherTicket.requestMore(again.authorizer(EntityType.OSD, Authorize.answer(1, challenge))
                        .encoded()),
                -13);
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.CHALLENGE, 1L, Reason.TICKET, 1L));
    }

    // --- Whose ticket, and what it is sealed with

    @Test
    void aTicketForAnotherServiceIsRefused() throws ProtocolException {
        assertRefused(admin.authorize(osd.server(BOTH), EntityType.MDS, CRC), -13);
        Peer.Held mds = admin.services.get(EntityType.MDS);
        admin.services.put(EntityType.OSD, mds);
        assertRefused(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC), -13);
    }

    @Scenario("A23")
    @Test
    void aTicketForAnotherGlobalIdIsRefused() throws ProtocolException {
        admin.globalId++;
        assertRefused(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC), -13);
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.TICKET, 1L));
    }

    @Test
    void aStolenTicketWithoutItsSessionKeyIsRefused() throws ProtocolException {
        Peer.Held held = admin.services.get(EntityType.OSD);
        for (KeyType type : KeyType.values()) {
            admin.services.put(EntityType.OSD, new Peer.Held(ServerKit.key(type, 5), held.blob()));
            assertRefused(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC), -13);
        }
    }

    @Scenario("A19")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void acceptsPreviousCurrentAndNext(KeyType type) throws ProtocolException, IOException {
        kit.store.saved = null;
        with(type, OPTIONS.withTtl(Duration.ofHours(72), Duration.ofHours(4)));
        // Ours stay as they are while the authority goes on: 1, 2, 3.
        assertThat(admin.services.get(EntityType.OSD).blob().secretId()).isEqualTo(2);
        accepted(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC));
        kit.clock.advance(Duration.ofHours(8));
        authority.maintain();
        accepted(admin.login(authority.server(BOTH), CRC));
        assertThat(admin.services.get(EntityType.OSD).blob().secretId()).isEqualTo(3);
        accepted(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC));
        // The other way round: the service has already rotated, the ticket is of before.
        kit.clock.advance(Duration.ofMinutes(239));
        osd.update(authority.rotatingSecrets(EntityType.OSD));
        accepted(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC));
        kit.clock.advance(Duration.ofMinutes(1));
        authority.maintain();
        osd.update(authority.rotatingSecrets(EntityType.OSD));
        assertThat(osd.keys().find(3)).as("the previous one now").isNotNull();
        assertThat(osd.keys().currentId()).isEqualTo(4);
        accepted(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC));
    }

    @Scenario("A18")
    @Test
    void afterItsKeyIsGoneATicketIsRefusedAndAnotherOneAccepted() throws ProtocolException, IOException {
        for (int i = 0; i < 4; i++) {
            kit.clock.advance(Duration.ofMinutes(61));
            authority.maintain();
        }
        osd.update(authority.rotatingSecrets(EntityType.OSD));
        assertRefused(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC), -13);
        assertThat(requests).as("an old key will not come back").isEmpty();
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.UNKNOWN_SECRET, 1L));
        accepted(admin.login(authority.server(BOTH), CRC));
        accepted(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC));
    }

    @Test
    void anExpiredTicketIsRefused() throws ProtocolException {
        kit.clock.advance(Duration.ofMinutes(60).plusSeconds(29));
        accepted(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC));
        kit.clock.advance(Duration.ofSeconds(1));
        assertRefused(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC), -13);
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.EXPIRED, 1L));
        AuthorizerVerifier lenient = verifier(EntityType.OSD, osd.keys(), TicketChecks.NONE);
        accepted(admin.authorize(lenient.server(BOTH), EntityType.OSD, CRC));
    }

    @Test
    void aTicketMayBeShownAgainAfterARefusal() throws ProtocolException {
        AuthServer server = osd.server(BOTH);
        admin.globalId++;
        assertRefused(admin.authorize(server, EntityType.OSD, CRC), -13);
        admin.globalId--;
        accepted(admin.authorize(server, EntityType.OSD, CRC));
    }

    @Test
    void anEmptyPayloadIsRefused() throws ProtocolException {
        assertRefused(osd.server(BOTH).request(2, CRC, Opaque.EMPTY), -13);
    }

    // --- Tickets that a monitor would not have made

    private AuthReply showForged(TicketChecks checks, AuthTicket ticket, Instant keyCreated) throws ProtocolException {
        ExpiringKey seal = osd.keys().current();
        CryptoKey sessionKey = CryptoKey.generate(KeyType.AES, WallTime.of(keyCreated), kit.dice);
        Opaque sealed =
                Envelope.seal(seal.key(), KeyUsage.TICKET_INFO, new ServiceTicketInfo(ticket, sessionKey), kit.dice);
        admin.services.put(
                EntityType.OSD,
                new Peer.Held(sessionKey, new TicketBlob(osd.keys().currentId(), sealed)));
        return admin.authorize(verifier(EntityType.OSD, osd.keys(), checks).server(BOTH), EntityType.OSD, CRC);
    }

    private void assertForgeryNoticed(AuthTicket ticket, Instant keyCreated) throws ProtocolException {
        assertRefused(showForged(TicketChecks.ALL, ticket, keyCreated), -13);
        accepted(showForged(TicketChecks.NONE, ticket, keyCreated));
    }

    private AuthTicket ticket(boolean allowAll, long auid, Opaque caps, UTime created, UTime expires) {
        return new AuthTicket(ADMIN, admin.globalId, auid, created, expires, new AuthCaps(allowAll, caps), 0);
    }

    @Test
    void bentTicketsAreNoticed() throws ProtocolException {
        Instant now = kit.clock.instant();
        UTime created = WallTime.of(now);
        UTime expires = WallTime.of(now.plusSeconds(3600));
        Opaque caps = AuthCaps.of("allow *").caps();
        accepted(showForged(TicketChecks.ALL, ticket(false, -1, caps, created, expires), now));
        assertForgeryNoticed(ticket(true, -1, caps, created, expires), now);
        assertForgeryNoticed(ticket(false, 0, caps, created, expires), now);
        byte[] longer = java.util.Arrays.copyOf(caps.toByteArray(), caps.length() + 1);
        assertForgeryNoticed(ticket(false, -1, Opaque.copyOf(longer), created, expires), now);
        byte[] shorter = java.util.Arrays.copyOf(caps.toByteArray(), caps.length() - 1);
        assertForgeryNoticed(ticket(false, -1, Opaque.copyOf(shorter), created, expires), now);
        UTime strange = new UTime(created.seconds() - 2, 1_000_000_001);
        assertForgeryNoticed(ticket(false, -1, caps, strange, expires), now);
        UTime later = new UTime(expires.seconds() - 2, 1_000_000_001);
        assertForgeryNoticed(ticket(false, -1, caps, created, later), now);
        assertForgeryNoticed(ticket(false, -1, caps, expires, created), now.plusSeconds(3600));
        assertForgeryNoticed(ticket(false, -1, caps, created, WallTime.of(now.plusSeconds(3601))), now);
        assertForgeryNoticed(ticket(false, -1, caps, created, expires), now.minusNanos(1));
        assertForgeryNoticed(ticket(false, -1, caps, created, expires), now.plusSeconds(301));
        accepted(showForged(TicketChecks.ALL, ticket(false, -1, caps, created, expires), now.plusSeconds(300)));
    }

    @Test
    void aProfileInTheTicketGrantsAServiceThatIsHosted() throws ProtocolException {
        Instant now = kit.clock.instant();
        Opaque caps = AuthCaps.of("allow r, profile confd.r").caps();
        AuthTicket hosted = ticket(false, -1, caps, WallTime.of(now), WallTime.of(now.plusSeconds(60)));
        AuthReply.Done done = accepted(showForged(TicketChecks.ALL, hosted, now));
        assertThat(done.outcome().identity().capabilities().services()).containsExactly("confd", "osd");
        assertThat(done.outcome().identity().capabilities().allows("confd", Access.READ))
                .isTrue();
        assertThat(done.outcome().identity().capabilities().allows("confd", Access.EXECUTE))
                .isFalse();
    }

    @Test
    void capabilitiesThatCannotBeReadAllowNothing() throws ProtocolException {
        Instant now = kit.clock.instant();
        Opaque garbage = Opaque.copyOf(new byte[] {9, 0, 0, 0, 'x'});
        AuthTicket bent = ticket(false, -1, garbage, WallTime.of(now), WallTime.of(now.plusSeconds(60)));
        AuthReply.Done done = accepted(showForged(TicketChecks.NONE, bent, now));
        assertThat(done.outcome().identity().capabilities().services()).isEmpty();
        AuthTicket all = ticket(true, -1, Opaque.EMPTY, WallTime.of(now), WallTime.of(now.plusSeconds(60)));
        done = accepted(showForged(TicketChecks.NONE, all, now));
        assertThat(done.outcome().identity().capabilities().allows("osd", Access.EXECUTE))
                .isTrue();
    }

    // --- Keys that come later

    private AuthReply.Later later(AuthServer server) throws ProtocolException {
        AuthReply reply = show(server, admin.authorizer(EntityType.OSD, Authorize.first(1)));
        assertThat(reply).isInstanceOf(AuthReply.Later.class);
        return (AuthReply.Later) reply;
    }

    @Scenario("A29")
    @Test
    void waitsForKeysThatItDoesNotHaveYet() throws ProtocolException {
        osd = verifier(EntityType.OSD, RotatingKeys.EMPTY, TicketChecks.ALL);
        AuthServer server = osd.server(BOTH);
        AuthReply.Later later = later(server);
        AuthReply.Later another = later(osd.server(BOTH));
        assertThat(later.reply().toCompletableFuture()).isNotDone();
        assertThatThrownBy(() -> server.requestMore(Opaque.EMPTY)).isInstanceOf(ProtocolException.class);
        assertThat(requests).as("one request for all who wait").hasSize(1);
        assertThat(delays).containsExactly(Duration.ZERO);
        kit.clock.advance(Duration.ofSeconds(5));
        requests.get(0).complete(authority.rotatingSecrets(EntityType.OSD));
        AuthReply.More more =
                (AuthReply.More) later.reply().toCompletableFuture().join();
        accepted(admin.answer(server, EntityType.OSD, 1, more));
        assertThat(another.reply().toCompletableFuture())
                .isCompletedWithValueMatching(AuthReply.More.class::isInstance);
    }

    @Scenario("A29")
    @Test
    void refusesIfTheKeysDoNotArrive() throws ProtocolException {
        osd = verifier(EntityType.OSD, RotatingKeys.EMPTY, TicketChecks.ALL);
        AuthReply.Later later = later(osd.server(BOTH));
        requests.get(0).completeExceptionally(new IOException("no monitor"));
        assertRefused(later.reply().toCompletableFuture().join(), -13);
        // The next is asked for after a second.
        kit.clock.advance(Duration.ofMillis(300));
        AuthReply.Later second = later(osd.server(BOTH));
        assertThat(delays).containsExactly(Duration.ZERO, Duration.ofMillis(700));
        // No answer at all: whoever comes ten seconds later gives it up for lost.
        kit.clock.advance(Duration.ofMillis(10_699));
        AuthReply.Later third = later(osd.server(BOTH));
        assertThat(requests).hasSize(2);
        kit.clock.advance(Duration.ofMillis(1));
        AuthReply.Later fourth = later(osd.server(BOTH));
        assertRefused(second.reply().toCompletableFuture().join(), -13);
        assertRefused(third.reply().toCompletableFuture().join(), -13);
        assertThat(requests).hasSize(3);
        // The lost answer comes after all: it is as good as any.
        requests.get(1).complete(authority.rotatingSecrets(EntityType.OSD));
        accepted(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC));
        requests.get(2).complete(authority.rotatingSecrets(EntityType.OSD));
        assertThat(fourth.reply().toCompletableFuture()).isCompletedWithValueMatching(AuthReply.More.class::isInstance);
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.NO_KEYS, 3L));
    }

    @Test
    void inventedSecretIdsCostOneRequestPerSecondAtMost() throws ProtocolException {
        Peer.Held held = admin.services.get(EntityType.OSD);
        int waiting = 0;
        for (int i = 0; i < 3000; i++) {
            long invented = 1000L + i;
            admin.services.put(
                    EntityType.OSD,
                    new Peer.Held(
                            held.sessionKey(),
                            new TicketBlob(invented, held.blob().sealed())));
            AuthReply.Later later = later(osd.server(BOTH));
            waiting += later.reply().toCompletableFuture().isDone() ? 0 : 1;
        }
        assertThat(requests).hasSize(1);
        assertThat(waiting).as("bounded").isEqualTo(1024);
        requests.get(0).complete(authority.rotatingSecrets(EntityType.OSD));
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.UNKNOWN_SECRET, 1024L, Reason.NO_KEYS, 1976L));
        // The key that monitors share is no rotating one, and does not appear later.
        admin.services.put(
                EntityType.OSD,
                new Peer.Held(held.sessionKey(), new TicketBlob(-1, held.blob().sealed())));
        assertRefused(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC), -13);
    }

    @Test
    void asksForKeysBeforeTheyAreNeeded() {
        osd.refreshIfDue();
        kit.clock.advance(Duration.ofHours(2).plusSeconds(30));
        osd.refreshIfDue();
        assertThat(requests).isEmpty();
        kit.clock.advance(Duration.ofMillis(1));
        osd.refreshIfDue();
        osd.refreshIfDue();
        assertThat(requests).hasSize(1);
    }

    @Test
    void aSourceThatThrowsIsAnAnswerToo() throws ProtocolException {
        osd = new AuthorizerVerifier(
                EntityType.OSD,
                RotatingKeys.EMPTY,
                delay -> {
                    throw new IllegalStateException("broken");
                },
                TicketChecks.ALL,
                kit.clock,
                kit.dice,
                kit.failures);
        assertRefused(later(osd.server(BOTH)).reply().toCompletableFuture().join(), -13);
    }
}
