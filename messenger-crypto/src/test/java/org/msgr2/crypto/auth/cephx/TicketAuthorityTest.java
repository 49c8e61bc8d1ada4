package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.crypto.auth.cephx.ServerKit.ADMIN;
import static org.msgr2.crypto.auth.cephx.ServerKit.ALL;
import static org.msgr2.crypto.auth.cephx.ServerKit.AUTH;
import static org.msgr2.crypto.auth.cephx.ServerKit.BOTH;
import static org.msgr2.crypto.auth.cephx.ServerKit.CRC;
import static org.msgr2.crypto.auth.cephx.ServerKit.OSD;
import static org.msgr2.crypto.auth.cephx.ServerKit.OTHER;
import static org.msgr2.crypto.auth.cephx.ServerKit.POOR;
import static org.msgr2.crypto.auth.cephx.ServerKit.SECURE;
import static org.msgr2.crypto.auth.cephx.ServerKit.accepted;
import static org.msgr2.crypto.auth.cephx.ServerKit.assertRefused;
import static org.msgr2.crypto.auth.cephx.ServerKit.keyring;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.Access;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.LoginListener.Reason;
import org.msgr2.crypto.auth.cephx.ServerKit.Peer;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.KeyUsage;
import org.msgr2.crypto.key.Keyring;

/** A monitor that lets peers in, or does not: logins, global_ids, renewals, and what survives a restart. */
class TicketAuthorityTest {
    private static final AuthorityOptions OPTIONS = AuthorityOptions.DEFAULTS;

    private final ServerKit kit = new ServerKit();

    private static Peer peer(EntityName name, KeyType type) {
        return Peer.of(name, keyring(type));
    }

    // --- Logins

    @Scenario({"A01", "A28"})
    @ParameterizedTest
    @CsvSource({"AES, 1", "AES, 2", "AES256KRB5, 1", "AES256KRB5, 2"})
    void anEntityWithItsKeyGetsTickets(KeyType type, int mode) throws ProtocolException {
        TicketAuthority authority = kit.authority(type, OPTIONS);
        Peer admin = peer(ADMIN, type);
        AuthReply.Done done = accepted(admin.login(authority.server(BOTH), List.of(mode)));
        assertThat(done.mode().code()).isEqualTo(mode);
        assertThat(done.globalId()).isEqualTo(4096);
        assertThat(admin.secret.length()).isEqualTo(mode == 2 ? 64 : 0);
        assertThat(done.outcome().connectionSecret()).isEqualTo(admin.secret);
        assertThat(admin.services).containsOnlyKeys(EntityType.MON, EntityType.MDS, EntityType.OSD, EntityType.MGR);
        assertThat(admin.known().type())
                .as("session keys are of a type that the client has")
                .isEqualTo(type);
        assertThat(admin.services.get(EntityType.OSD).sessionKey().type()).isEqualTo(type);
        byte[] log = {1, 2, 3};
        assertThat(done.outcome().sessionKey().sign(log, 3))
                .isEqualTo(admin.known().hmacSha256(log, 0, 3));
        assertThat(done.outcome().identity().name()).isEqualTo(ADMIN);
        assertThat(done.outcome().identity().authenticated()).isTrue();
        assertThat(done.outcome().identity().globalId()).isEqualTo(4096);
        assertThat(done.outcome().identity().capabilities().allows("confd", Access.READ))
                .isTrue();
        assertThat(done.outcome().identity().capabilities().allows("confd", Access.WRITE))
                .isFalse();
        assertThat(admin.validities)
                .containsExactly(
                        Duration.ofHours(72),
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        Duration.ofHours(1));
        assertThat(kit.failures.counts()).isEmpty();
    }

    @Test
    void everybodyGetsAnIdOfItsOwn() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            assertThat(ids.add(accepted(peer(ADMIN, KeyType.AES).login(authority.server(BOTH), CRC))
                            .globalId()))
                    .isTrue();
        }
    }

    @Test
    void givesOnlyTheTicketsThatWereAskedFor() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        Peer admin = peer(ADMIN, KeyType.AES);
        admin.otherKeys = AUTH;
        accepted(admin.login(authority.server(BOTH), SECURE));
        assertThat(admin.services).isEmpty();
        assertThat(admin.secret.length()).isEqualTo(64);

        Peer old = peer(ADMIN, KeyType.AES);
        old.otherKeys = 0;
        accepted(old.login(authority.server(BOTH), CRC));
        assertThat(old.known()).isNotNull();
        Peer impossible = peer(ADMIN, KeyType.AES);
        impossible.otherKeys = 0;
        assertRefused(impossible.login(authority.server(BOTH), SECURE), -22);

        Peer unknownBits = peer(ADMIN, KeyType.AES);
        unknownBits.otherKeys = 0xffff_ff08 | 4;
        accepted(unknownBits.login(authority.server(BOTH), CRC));
        assertThat(unknownBits.services).containsOnlyKeys(EntityType.OSD);
    }

    @Scenario("A07")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void unknownNameAndWrongKeyGetTheSameAnswer(KeyType type) throws ProtocolException {
        TicketAuthority authority = kit.authority(type, OPTIONS);
        Peer wrong = new Peer(ADMIN, ServerKit.key(type, 99));
        Peer unknown = new Peer(EntityName.parse("client.nobody"), ServerKit.key(type, 99));
        AuthReply toWrong = wrong.login(authority.server(BOTH), CRC);
        AuthReply toUnknown = unknown.login(authority.server(BOTH), CRC);
        assertThat(toWrong)
                .isEqualTo(toUnknown)
                .isEqualTo(new AuthReply.BadMethod(-13, List.of(AuthMethod.CEPHX), BOTH));
        assertThat(kit.failures.counts())
                .containsExactlyInAnyOrderEntriesOf(Map.of(Reason.WRONG_KEY, 1L, Reason.UNKNOWN_ENTITY, 1L));
    }

    @Test
    void aChallengeIsAnsweredOnce() throws ProtocolException {
        AuthServer server = kit.authority(KeyType.AES, OPTIONS).server(BOTH);
        Peer wrong = new Peer(ADMIN, ServerKit.key(KeyType.AES, 99));
        AuthReply.More more = (AuthReply.More) server.request(2, CRC, wrong.hello());
        assertRefused(server.requestMore(Peer.login(wrong.proof(more.payload()))), -13);
        Opaque right = Peer.login(peer(ADMIN, KeyType.AES).proof(more.payload()));
        assertThatThrownBy(() -> server.requestMore(right))
                .isInstanceOf(ProtocolException.class)
                .extracting(fault -> ((ProtocolException) fault).kind())
                .isEqualTo(FaultKind.SEQUENCE);
    }

    @Test
    void aRecordedProofIsWorthlessForAnotherChallenge() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        Peer admin = peer(ADMIN, KeyType.AES);
        AuthServer first = authority.server(BOTH);
        AuthReply.More more = (AuthReply.More) first.request(2, CRC, admin.hello());
        Opaque proof = Peer.login(admin.proof(more.payload()));
        AuthServer second = authority.server(BOTH);
        second.request(2, CRC, admin.hello());
        assertRefused(second.requestMore(proof), -13);
        accepted(first.requestMore(proof));
    }

    @Test
    void nobodyLogsInWithoutCapabilitiesAtTheMonitor() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        assertRefused(peer(POOR, KeyType.AES).login(authority.server(BOTH), CRC), -13);
        assertThat(kit.failures.count(Reason.NO_CAPABILITIES)).isEqualTo(1);
    }

    @Scenario("A28")
    @Test
    void aKeyOfATypeThatIsNotAllowedIsRefused() throws ProtocolException {
        Keyring mixed =
                keyring(KeyType.AES256KRB5).with(OTHER, ServerKit.key(KeyType.AES, 2), Map.of("mon", "allow r"));
        TicketAuthority authority =
                kit.authority(mixed, OPTIONS.withKeyTypes(KeyType.AES256KRB5, Set.of(KeyType.AES256KRB5)));
        assertRefused(Peer.of(OTHER, mixed).login(authority.server(BOTH), CRC), -13);
        assertThat(kit.failures.counts()).containsOnlyKeys(Reason.KEY_TYPE);
        accepted(Peer.of(ADMIN, mixed).login(authority.server(BOTH), CRC));
    }

    // --- Methods and modes

    @Scenario("A06")
    @Test
    void anotherMethodIsRefusedAndMayBeFollowedByThisOne() throws ProtocolException {
        AuthServer server = kit.authority(KeyType.AES, OPTIONS).server(BOTH);
        Peer admin = peer(ADMIN, KeyType.AES);
        for (int method : new int[] {0, 1, 4, -1}) {
            assertThat(server.request(method, CRC, admin.hello()))
                    .isEqualTo(new AuthReply.BadMethod(-95, List.of(AuthMethod.CEPHX), BOTH));
        }
        accepted(admin.login(server, CRC));
    }

    @Scenario("A08")
    @Test
    void takesTheFirstModeThatTheConnectorPrefersAndWeAllow() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        assertThat(mode(authority, BOTH, List.of(2, 1))).isEqualTo(ConnectionMode.SECURE);
        assertThat(mode(authority, BOTH, List.of(1, 2))).isEqualTo(ConnectionMode.CRC);
        assertThat(mode(authority, BOTH, List.of(7, 2, 1))).isEqualTo(ConnectionMode.SECURE);
        assertThat(mode(authority, BOTH, List.of())).isEqualTo(ConnectionMode.CRC);
        assertThat(mode(authority, List.of(ConnectionMode.CRC), List.of(2, 1))).isEqualTo(ConnectionMode.CRC);
        for (List<Integer> none : List.of(List.of(7), List.of(0), SECURE)) {
            assertThat(peer(ADMIN, KeyType.AES).login(authority.server(List.of(ConnectionMode.CRC)), none))
                    .isEqualTo(new AuthReply.BadMethod(-95, List.of(AuthMethod.CEPHX), List.of(ConnectionMode.CRC)));
        }
        assertRefused(peer(ADMIN, KeyType.AES).login(authority.server(List.of(ConnectionMode.SECURE)), List.of()), -95);
    }

    private ConnectionMode mode(TicketAuthority authority, List<ConnectionMode> allowed, List<Integer> preferred)
            throws ProtocolException {
        return accepted(peer(ADMIN, KeyType.AES).login(authority.server(allowed), preferred))
                .mode();
    }

    // --- global_ids

    @Scenario("A21")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void whoShowsItsTicketKeepsItsId(KeyType type) throws ProtocolException, IOException {
        TicketAuthority authority = kit.authority(type, OPTIONS);
        Peer admin = peer(ADMIN, type);
        accepted(admin.login(authority.server(BOTH), CRC));
        long id = admin.globalId;
        for (int i = 0; i < 3; i++) {
            // The kit's peer opens the new ticket with the old session key.
            assertThat(accepted(admin.login(authority.server(BOTH), SECURE)).globalId())
                    .isEqualTo(id);
        }
        kit.clock.advance(Duration.ofHours(80));
        authority.maintain();
        assertThat(accepted(admin.login(authority.server(BOTH), CRC)).globalId())
                .as("an expired ticket still proves whose the id is")
                .isEqualTo(id);
    }

    @Scenario("A22")
    @Test
    void anIdIsNotReclaimedWithoutTheTicket() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        Peer admin = peer(ADMIN, KeyType.AES);
        accepted(admin.login(authority.server(BOTH), CRC));
        for (int version = 1; version <= 3; version++) {
            Peer liar = peer(ADMIN, KeyType.AES);
            liar.globalId = admin.globalId;
            liar.version = version;
            liar.otherKeys = version == 1 ? 0 : ALL;
            assertRefused(liar.login(authority.server(BOTH), CRC), -13);
            liar.authTicket = new TicketBlob(2, Opaque.copyOf(new byte[96]));
            assertRefused(liar.login(authority.server(BOTH), CRC), -13);
            liar.authTicket = new TicketBlob(77, admin.authTicket.sealed());
            assertRefused(liar.login(authority.server(BOTH), CRC), -13);
        }
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.RECLAIM, 9L));
    }

    @Scenario("A22")
    @Test
    void oldClientsAreBelievedIfThatIsAllowed() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS.withInsecureReclaim(true, true));
        Peer admin = peer(ADMIN, KeyType.AES);
        accepted(admin.login(authority.server(BOTH), CRC));
        Peer old = peer(ADMIN, KeyType.AES);
        old.globalId = admin.globalId;
        old.version = 2;
        assertThat(accepted(old.login(authority.server(BOTH), CRC)).globalId()).isEqualTo(admin.globalId);
        Peer modern = peer(ADMIN, KeyType.AES);
        modern.globalId = admin.globalId;
        assertRefused(modern.login(authority.server(BOTH), CRC), -13);
        for (long never : new long[] {admin.globalId + 1, -1, Long.MAX_VALUE}) {
            Peer ahead = peer(ADMIN, KeyType.AES);
            ahead.version = 2;
            ahead.globalId = never;
            assertRefused(ahead.login(authority.server(BOTH), CRC), -13);
        }
    }

    @Scenario("A22")
    @Test
    void newIdsOfOldClientsAreExposedIfThatIsWanted() throws ProtocolException {
        assertThat(exposed(true, 3)).isFalse();
        assertThat(exposed(true, 2)).isTrue();
        assertThat(exposed(false, 2)).isFalse();
    }

    private boolean exposed(boolean expose, int version) throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS.withInsecureReclaim(false, expose));
        Peer peer = peer(ADMIN, KeyType.AES);
        peer.version = version;
        return accepted(peer.login(authority.server(BOTH), CRC))
                .outcome()
                .session()
                .hasToReconnect();
    }

    @Scenario("A23")
    @Test
    void anotherOnesTicketStealsNothing() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        Peer admin = peer(ADMIN, KeyType.AES);
        Peer second = peer(ADMIN, KeyType.AES);
        Peer other = peer(OTHER, KeyType.AES);
        accepted(admin.login(authority.server(BOTH), CRC));
        accepted(second.login(authority.server(BOTH), CRC));
        accepted(other.login(authority.server(BOTH), CRC));
        // Its own ticket, another's id.
        long own = other.globalId;
        other.globalId = admin.globalId;
        assertRefused(other.login(authority.server(BOTH), CRC), -13);
        // The same entity, but another id of it.
        second.globalId = admin.globalId;
        assertRefused(second.login(authority.server(BOTH), CRC), -13);
        // Another's ticket and id: ours by nothing.
        other.authTicket = admin.authTicket;
        assertRefused(other.login(authority.server(BOTH), CRC), -13);
        other.globalId = own;
        assertRefused(other.login(authority.server(BOTH), CRC), -13);
        // A service's ticket is no login.
        admin.authTicket = admin.services.get(EntityType.OSD).blob();
        assertRefused(admin.login(authority.server(BOTH), CRC), -13);
    }

    @Test
    void aTicketWithoutAClaimIsSuperfluous() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        Peer admin = peer(ADMIN, KeyType.AES);
        accepted(admin.login(authority.server(BOTH), CRC));
        admin.globalId = 0;
        assertRefused(admin.login(authority.server(BOTH), CRC), -22);
        assertThat(kit.failures.counts()).containsOnlyKeys(Reason.SUPERFLUOUS_TICKET);
    }

    @Test
    void withoutIdsTheConnectionIsClosedAndThePeerComesAgain() throws ProtocolException, IOException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS.withGlobalIdBlock(4));
        for (int i = 0; i < 4; i++) {
            accepted(peer(ADMIN, KeyType.AES).login(authority.server(BOTH), CRC));
        }
        assertThatThrownBy(() -> peer(ADMIN, KeyType.AES).login(authority.server(BOTH), CRC))
                .isInstanceOf(NotNowException.class)
                .hasMessage("no global_id for client.admin now");
        assertThat(authority.maintain()).isTrue();
        assertThat(accepted(peer(ADMIN, KeyType.AES).login(authority.server(BOTH), CRC))
                        .globalId())
                .isEqualTo(4100);
        kit.store.broken = true;
        accepted(peer(ADMIN, KeyType.AES).login(authority.server(BOTH), CRC));
        assertThatThrownBy(authority::maintain).isInstanceOf(IOException.class);
        accepted(peer(ADMIN, KeyType.AES).login(authority.server(BOTH), CRC));
        kit.store.broken = false;
        assertThat(authority.maintain()).isTrue();
        assertThat(authority.maintain()).isFalse();
    }

    // --- Renewals within the session

    private static Opaque renewal(Authorizer shown, int services) {
        Encodable request = out -> {
            RequestType.GET_PRINCIPAL_SESSION_KEY.write(out);
            shown.write(out);
            new ServiceTicketRequest(services).write(out);
        };
        return request.encoded();
    }

    private static AuthSession session(Peer peer) {
        return peer.done.outcome().session();
    }

    @Scenario("A20")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void ticketsAreRenewedWithinTheSession(KeyType type) throws ProtocolException, IOException {
        TicketAuthority authority = kit.authority(type, OPTIONS);
        Peer admin = peer(ADMIN, type);
        accepted(admin.login(authority.server(BOTH), CRC));
        TicketBlob before = admin.services.get(EntityType.OSD).blob();
        kit.clock.advance(Duration.ofMinutes(46));
        authority.maintain();
        AuthSession.Reply reply =
                session(admin).request(renewal(admin.authorizer(EntityType.AUTH, Authorize.first(5)), AUTH | 4));
        assertThat(reply.result()).isZero();
        assertThat(reply.globalId()).isEqualTo(admin.globalId);
        WireReader in = Decoding.reader(reply.payload());
        assertThat(ResponseHeader.read(in)).isEqualTo(new ResponseHeader(RequestType.GET_PRINCIPAL_SESSION_KEY, 0));
        ServiceTicketReply tickets = ServiceTicketReply.read(in);
        assertThat(tickets.tickets()).extracting(IssuedTicket::service).containsExactly(4L);
        admin.adoptServices(tickets);
        assertThat(admin.services.get(EntityType.OSD).blob()).isNotEqualTo(before);
    }

    @Scenario("A20")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void theLoginItselfIsRenewedWithinTheSession(KeyType type) throws ProtocolException, IOException {
        TicketAuthority authority = kit.authority(type, OPTIONS);
        Peer admin = peer(ADMIN, type);
        AuthServer server = authority.server(BOTH);
        AuthReply.More more = (AuthReply.More) server.request(2, SECURE, admin.hello());
        AuthReply.Done done = accepted(server.requestMore(Peer.login(admin.proof(more.payload()))));
        admin.globalId = done.globalId();
        WireReader first = Decoding.reader(done.payload());
        ResponseHeader.read(first);
        admin.adopt(first, true);
        kit.clock.advance(Duration.ofHours(60));
        authority.maintain();
        TicketBlob before = admin.authTicket;
        AuthSession.Reply reply = done.outcome().session().request(Peer.login(admin.proof(more.payload())));
        assertThat(reply.result()).isZero();
        WireReader in = Decoding.reader(reply.payload());
        assertThat(ResponseHeader.read(in)).isEqualTo(new ResponseHeader(RequestType.GET_AUTH_SESSION_KEY, 0));
        admin.adopt(in, false);
        assertThat(admin.authTicket).isNotEqualTo(before);

        admin.authTicket = TicketBlob.NONE;
        assertThat(done.outcome()
                        .session()
                        .request(Peer.login(admin.proof(more.payload())))
                        .result())
                .as("without the ticket, as at a login that reclaims")
                .isEqualTo(-13);
    }

    @Test
    void aSessionRenewsNobodyElses() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        Peer admin = peer(ADMIN, KeyType.AES);
        Peer other = peer(OTHER, KeyType.AES);
        accepted(admin.login(authority.server(BOTH), CRC));
        accepted(other.login(authority.server(BOTH), CRC));
        Opaque admins = renewal(admin.authorizer(EntityType.AUTH, Authorize.first(5)), ALL);
        AuthSession.Reply reply = session(other).request(admins);
        assertThat(reply.result()).isEqualTo(-13);
        WireReader in = Decoding.reader(reply.payload());
        assertThat(ResponseHeader.read(in).status()).isEqualTo(-13);
        assertThat(in.remaining()).isZero();
        assertThat(session(admin).request(admins).result()).isZero();
        // With a service's ticket, or after the login has expired.
        assertThat(session(admin)
                        .request(renewal(admin.authorizer(EntityType.OSD, Authorize.first(5)), ALL))
                        .result())
                .isEqualTo(-13);
        kit.clock.advance(Duration.ofHours(73));
        assertThat(session(admin).request(admins).result()).isEqualTo(-13);
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.TICKET, 2L, Reason.EXPIRED, 1L));
    }

    @Test
    void whoIsNoLongerInTheKeyringGetsNothingMore() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        Peer osd = peer(OSD, KeyType.AES);
        accepted(osd.login(authority.server(BOTH), CRC));
        authority.keyring(keyring(KeyType.AES).without(OSD));
        assertThat(session(osd)
                        .request(renewal(osd.authorizer(EntityType.AUTH, Authorize.first(5)), ALL))
                        .result())
                .isEqualTo(-13);
        assertThat(session(osd).request(RequestType.GET_ROTATING_KEY.encoded()).result())
                .isEqualTo(-13);
        assertRefused(osd.login(authority.server(BOTH), CRC), -13);
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void daemonsGetTheirServicesKeys(KeyType type) throws ProtocolException {
        TicketAuthority authority = kit.authority(type, OPTIONS);
        Peer osd = peer(OSD, type);
        accepted(osd.login(authority.server(BOTH), CRC));
        AuthSession.Reply reply = session(osd).request(RequestType.GET_ROTATING_KEY.encoded());
        assertThat(reply.result()).isZero();
        WireReader in = Decoding.reader(reply.payload());
        assertThat(ResponseHeader.read(in)).isEqualTo(new ResponseHeader(RequestType.GET_ROTATING_KEY, 0));
        RotatingSecrets secrets =
                Envelope.open(osd.key, KeyUsage.ROTATING_SECRETS, in.blob("secrets", 1000), RotatingSecrets::read);
        Decoding.end(in, "reply");
        assertThat(secrets).isEqualTo(authority.rotatingSecrets(EntityType.OSD));
        assertThat(secrets.keys()).containsOnlyKeys(1L, 2L, 3L);
        assertThat(secrets.toString()).doesNotContain("secret=");
    }

    @Test
    void clientsGetNoServicesKeys() throws ProtocolException {
        EntityName evil = EntityName.parse("auth.1");
        Keyring keyring = keyring(KeyType.AES).with(evil, ServerKit.key(KeyType.AES, 9), Map.of("mon", "allow r"));
        TicketAuthority authority = kit.authority(keyring, OPTIONS);
        for (EntityName name : List.of(ADMIN, evil)) {
            Peer peer = Peer.of(name, keyring);
            accepted(peer.login(authority.server(BOTH), CRC));
            assertThat(session(peer)
                            .request(RequestType.GET_ROTATING_KEY.encoded())
                            .result())
                    .isEqualTo(-13);
        }
        assertThatThrownBy(() -> authority.rotatingSecrets(EntityType.AUTH))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // --- Restart

    @Scenario("A21")
    @Test
    void aRestartInvalidatesNoTicketAndRepeatsNoId() throws ProtocolException, IOException {
        Keyring keyring = keyring(KeyType.AES);
        TicketAuthority authority = kit.authority(keyring, OPTIONS);
        Peer admin = Peer.of(ADMIN, keyring);
        accepted(admin.login(authority.server(BOTH), CRC));
        Set<Long> ids = new HashSet<>(Set.of(admin.globalId));
        for (int restart = 0; restart < 5; restart++) {
            kit.clock.advance(Duration.ofMinutes(20));
            TicketAuthority next = kit.authority(keyring, OPTIONS);
            assertThat(next.rotatingSecrets(EntityType.OSD).keys().keySet())
                    .containsAnyElementsOf(
                            authority.rotatingSecrets(EntityType.OSD).keys().keySet());
            assertThat(session(admin)
                            .request(renewal(admin.authorizer(EntityType.AUTH, Authorize.first(5)), ALL))
                            .result())
                    .isZero();
            long id = admin.globalId;
            assertThat(accepted(admin.login(next.server(BOTH), CRC)).globalId()).isEqualTo(id);
            Peer fresh = Peer.of(ADMIN, keyring);
            accepted(fresh.login(next.server(BOTH), CRC));
            assertThat(ids.add(fresh.globalId)).isTrue();
            authority = next;
        }
        kit.store.saved = Opaque.copyOf(new byte[100]);
        assertThatThrownBy(() ->
                        TicketAuthority.open(keyring, OPTIONS, kit.store, kit.clock, kit.dice, LoginListener.NONE))
                .as("a state that cannot be read is not the same as none")
                .isInstanceOf(IOException.class);
    }

    // --- Rotation

    @Scenario("A20")
    @ParameterizedTest
    @CsvSource({"2, 1", "40, 3", "4320, 60"})
    void rotatesOverManyLifetimes(int loginMinutes, int serviceMinutes) throws ProtocolException, IOException {
        Duration service = Duration.ofMinutes(serviceMinutes);
        AuthorityOptions options = OPTIONS.withTtl(Duration.ofMinutes(loginMinutes), service);
        TicketAuthority authority = kit.authority(KeyType.AES, options);
        Peer admin = peer(ADMIN, KeyType.AES);
        accepted(admin.login(authority.server(BOTH), CRC));
        AuthorizerVerifier osd = new AuthorizerVerifier(
                EntityType.OSD,
                RotatingKeys.of(authority.rotatingSecrets(EntityType.OSD)),
                delay -> CompletableFuture.completedFuture(authority.rotatingSecrets(EntityType.OSD)),
                TicketChecks.ALL,
                kit.clock,
                kit.dice,
                kit.failures);
        long firstVersion = authority.rotatingSecrets(EntityType.OSD).maxVersion();
        for (int quarter = 0; quarter < 4 * 60; quarter++) {
            kit.clock.advance(service.dividedBy(4));
            authority.maintain();
            if (quarter % 3 == 0) {
                // As clients do, some time before the ticket expires.
                accepted(admin.login(authority.server(BOTH), CRC));
            }
            if (quarter % 40 > 20) {
                // Half of the time the service looks after its keys, half of the time it waits until it lacks one.
                osd.refreshIfDue();
            }
            accepted(admin.authorize(osd.server(BOTH), EntityType.OSD, CRC));
            RotatingSecrets now = authority.rotatingSecrets(EntityType.OSD);
            assertThat(now.keys()).hasSize(3);
            assertThat(now.keys().lastKey()).isEqualTo(now.maxVersion());
            admin.validities.forEach(validity -> assertThat(validity).isPositive());
        }
        assertThat(authority.rotatingSecrets(EntityType.OSD).maxVersion())
                .isBetween(firstVersion + 55, firstVersion + 61);
        assertThat(kit.failures.counts()).isEmpty();
    }

    @Test
    void catchesUpAfterALongPause() throws ProtocolException, IOException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        kit.clock.advance(Duration.ofDays(400));
        assertThatThrownBy(() -> peer(ADMIN, KeyType.AES).login(authority.server(BOTH), CRC))
                .isInstanceOf(NotNowException.class)
                .hasMessageContaining("rotation is overdue");
        assertThat(authority.maintain()).isTrue();
        Peer admin = peer(ADMIN, KeyType.AES);
        accepted(admin.login(authority.server(BOTH), CRC));
        assertThat(admin.validities.get(0)).isEqualTo(Duration.ofDays(3));
    }

    @Test
    void neverTellsSecrets() throws ProtocolException {
        TicketAuthority authority = kit.authority(KeyType.AES, OPTIONS);
        Peer admin = peer(ADMIN, KeyType.AES);
        AuthReply.Done done = accepted(admin.login(authority.server(BOTH), SECURE));
        String hex = java.util.HexFormat.of().formatHex(admin.known().secret());
        String said = "" + done + done.outcome() + authority.state();
        assertThat(said).doesNotContain(hex).contains("<64 bytes>");
    }
}
