package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.crypto.auth.cephx.ServerKit.ADMIN;
import static org.msgr2.crypto.auth.cephx.ServerKit.ALL;
import static org.msgr2.crypto.auth.cephx.ServerKit.BOTH;
import static org.msgr2.crypto.auth.cephx.ServerKit.CRC;
import static org.msgr2.crypto.auth.cephx.ServerKit.accepted;
import static org.msgr2.crypto.auth.cephx.ServerKit.assertRefused;
import static org.msgr2.crypto.auth.cephx.ServerKit.keyring;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.cephx.LoginListener.Reason;
import org.msgr2.crypto.auth.cephx.ServerKit.Peer;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.KeyUsage;

/**
 * Peers that lie, at every byte. What is readable by anybody may be refused with a fault that names it; of what is sealed
 * there is one answer only, whatever was wrong inside.
 */
class HostilePeersTest {
    private static final AuthReply DENIED = new AuthReply.BadMethod(-13, List.of(AuthMethod.CEPHX), BOTH);

    private final ServerKit kit = new ServerKit();

    private TicketAuthority authority(KeyType type) {
        return kit.authority(
                type, AuthorityOptions.DEFAULTS.withKeyTypes(type, AuthorityOptions.DEFAULTS.entityKeyTypes()));
    }

    private AuthorizerVerifier osd(TicketAuthority authority) {
        return new AuthorizerVerifier(
                EntityType.OSD,
                RotatingKeys.of(authority.rotatingSecrets(EntityType.OSD)),
                delay -> CompletableFuture.failedFuture(new IllegalStateException("nobody to ask")),
                TicketChecks.ALL,
                kit.clock,
                kit.dice,
                kit.failures);
    }

    private Peer admin(TicketAuthority authority, KeyType type) throws ProtocolException {
        Peer admin = Peer.of(ADMIN, keyring(type));
        accepted(admin.login(authority.server(BOTH), CRC));
        return admin;
    }

    private static Opaque flipped(Opaque bytes, int at, int with) {
        byte[] copy = bytes.toByteArray();
        copy[at] ^= (byte) with;
        return Opaque.copyOf(copy);
    }

    private static Opaque cut(Opaque bytes, int length) {
        return Opaque.copyOf(Arrays.copyOf(bytes.toByteArray(), length));
    }

    /** The answer, the later answer, or what the fault says. */
    private interface Step {
        AuthReply take() throws ProtocolException;
    }

    private static Object outcome(Step step) {
        try {
            AuthReply reply = step.take();
            if (reply instanceof AuthReply.Later later) {
                reply = later.reply().toCompletableFuture().join();
            }
            return reply instanceof AuthReply.More ? "more" : reply;
        } catch (ProtocolException e) {
            assertThat(e.kind()).isIn(FaultKind.MALFORMED, FaultKind.FEATURE, FaultKind.LIMIT, FaultKind.SEQUENCE);
            return "fault";
        }
    }

    // --- At the monitor

    @Scenario({"A24", "A27"})
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void everyByteOfALoginMatters(KeyType type) throws ProtocolException {
        TicketAuthority authority = authority(type);
        Peer admin = admin(authority, type);
        Opaque hello = admin.hello();
        for (int length = 0; length < hello.length(); length++) {
            Opaque shorter = cut(hello, length);
            assertThat(outcome(() -> authority.server(BOTH).request(2, CRC, shorter)))
                    .isEqualTo("fault");
        }
        int proofBytes = login(authority, admin, proof -> proof).length();
        Set<Object> seen = new HashSet<>();
        for (int at = 0; at < proofBytes; at++) {
            int position = at;
            seen.add(outcomeOfLogin(authority, admin, proof -> flipped(proof, position, 0x80)));
            assertThat(outcomeOfLogin(authority, admin, proof -> cut(proof, position)))
                    .isEqualTo("fault");
        }
        assertThat(seen).isSubsetOf("fault", DENIED, "accepted").contains("fault", DENIED, "accepted");
        // What can be changed without a difference is only which services are wanted, and struct_v from 3 to 2, which
        // read alike;
        // the rest is covered by the proof, the seal of the ticket, or has one right value. With AES, which has no
        // integrity, some changes of a ticket stay unnoticed.
        assertThat(changedAndAccepted(authority, admin, proofBytes))
                .allMatch(at -> at == 2 || at >= proofBytes - 4 || (type == KeyType.AES && at > 31));
    }

    private Set<Integer> changedAndAccepted(TicketAuthority authority, Peer admin, int bytes) throws ProtocolException {
        Set<Integer> unnoticed = new HashSet<>();
        for (int at = 0; at < bytes; at++) {
            int position = at;
            if (outcomeOfLogin(authority, admin, proof -> flipped(proof, position, 0x01))
                    .equals("accepted")) {
                unnoticed.add(at);
            }
        }
        return unnoticed;
    }

    private interface Tamper {
        Opaque with(Opaque bytes);
    }

    private Opaque login(TicketAuthority authority, Peer admin, Tamper tamper) throws ProtocolException {
        AuthServer server = authority.server(BOTH);
        AuthReply.More more = (AuthReply.More) server.request(2, CRC, admin.hello());
        return tamper.with(Peer.login(admin.proof(more.payload())));
    }

    private Object outcomeOfLogin(TicketAuthority authority, Peer admin, Tamper tamper) throws ProtocolException {
        AuthServer server = authority.server(BOTH);
        AuthReply.More more = (AuthReply.More) server.request(2, CRC, admin.hello());
        Opaque proof = tamper.with(Peer.login(admin.proof(more.payload())));
        Object outcome = outcome(() -> server.requestMore(proof));
        return outcome instanceof AuthReply.Done ? "accepted" : outcome;
    }

    @Scenario("A24")
    @Test
    void lengthsBeyondThePayloadAreFaults() throws ProtocolException {
        TicketAuthority authority = authority(KeyType.AES);
        AuthServer server = authority.server(BOTH);
        Opaque hello = Peer.of(ADMIN, keyring(KeyType.AES)).hello();
        for (int lie : new int[] {0x7f, 0x80, 0xff}) {
            for (int at = 5; at < 9; at++) {
                byte[] bytes = hello.toByteArray();
                bytes[at] = (byte) lie;
                assertThatThrownBy(() -> server.request(2, CRC, Opaque.copyOf(bytes)))
                        .isInstanceOf(ProtocolException.class);
            }
        }
    }

    @Test
    void anythingButALoginIsNotTheSecondStep() throws ProtocolException {
        TicketAuthority authority = authority(KeyType.AES);
        for (RequestType type : List.of(RequestType.GET_PRINCIPAL_SESSION_KEY, RequestType.GET_ROTATING_KEY)) {
            AuthServer server = authority.server(BOTH);
            server.request(2, CRC, Peer.of(ADMIN, keyring(KeyType.AES)).hello());
            assertThatThrownBy(() -> server.requestMore(type.encoded()))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessage("a login begins with " + type);
        }
        AuthServer early = authority.server(BOTH);
        assertThatThrownBy(() -> early.requestMore(Opaque.EMPTY)).isInstanceOf(ProtocolException.class);
        early.request(2, CRC, Peer.of(ADMIN, keyring(KeyType.AES)).hello());
        assertThatThrownBy(() -> early.request(
                        2, CRC, Peer.of(ADMIN, keyring(KeyType.AES)).hello()))
                .as("no second challenge")
                .isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void everyByteOfARenewalMatters(KeyType type) throws ProtocolException {
        TicketAuthority authority = authority(type);
        Peer admin = admin(authority, type);
        AuthSession session = admin.done.outcome().session();
        Encodable request = out -> {
            RequestType.GET_PRINCIPAL_SESSION_KEY.write(out);
            admin.authorizer(EntityType.AUTH, Authorize.first(5)).write(out);
            new ServiceTicketRequest(ALL).write(out);
        };
        Opaque right = request.encoded();
        assertThat(session.request(right).result()).isZero();
        Set<Integer> results = new HashSet<>();
        for (int at = 0; at < right.length(); at++) {
            for (int with : new int[] {0x01, 0x80}) {
                int result = session.request(flipped(right, at, with)).result();
                boolean mayPass = at >= right.length() - 4 || (type == KeyType.AES && at > 20);
                assertThat(result == 0).as("byte %d", at).isIn(false, mayPass);
                results.add(result);
            }
            assertThat(session.request(cut(right, at)).result()).isIn(-22, -13);
        }
        assertThat(results).isSubsetOf(0, -13, -22);
    }

    // --- At a service

    @Scenario({"A24", "A27"})
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void everyByteOfAnAuthorizerMatters(KeyType type) throws ProtocolException {
        TicketAuthority authority = authority(type);
        AuthorizerVerifier osd = osd(authority);
        Peer admin = admin(authority, type);
        Opaque first = admin.authorizer(EntityType.OSD, Authorize.first(7)).encoded();
        Set<Object> seen = new HashSet<>();
        for (int at = 0; at < first.length(); at++) {
            for (int with : new int[] {0x01, 0x80}) {
                Opaque changed = flipped(first, at, with);
                Object outcome = outcome(() -> osd.server(BOTH).request(2, CRC, changed));
                seen.add(outcome);
                if (type == KeyType.AES256KRB5) {
                    assertThat(outcome).as("byte %d", at).isIn("fault", DENIED);
                }
            }
            Opaque shorter = cut(first, at);
            assertThat(outcome(() -> osd.server(BOTH).request(2, CRC, shorter))).isIn("fault", DENIED);
        }
        assertThat(seen).isSubsetOf("more", "fault", DENIED).contains("fault", DENIED);

        AuthServer template = osd.server(BOTH);
        int length = secondAuthorizer(admin, template, first).length();
        for (int at = 0; at < length; at++) {
            AuthServer server = osd.server(BOTH);
            Opaque changed = flipped(secondAuthorizer(admin, server, first), at, 0x01);
            Object outcome = outcome(() -> server.requestMore(changed));
            assertThat(outcome).as("byte %d", at).isIn("fault", DENIED);
        }
    }

    private static Opaque secondAuthorizer(Peer admin, AuthServer server, Opaque first) throws ProtocolException {
        AuthReply.More more = (AuthReply.More) server.request(2, CRC, first);
        return admin.answer(EntityType.OSD, 7, more.payload());
    }

    @Scenario("A27")
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void whateverIsWrongInsideASealTheAnswerIsTheSame(KeyType type) throws ProtocolException {
        TicketAuthority authority = authority(type);
        AuthorizerVerifier osd = osd(authority);
        Peer admin = admin(authority, type);
        CryptoKey sessionKey = admin.services.get(EntityType.OSD).sessionKey();
        List<Opaque> bad = List.of(
                // Another magic, another struct_v, too short, too long, another usage, nothing, not whole blocks.
                sessionKey.encrypt(KeyUsage.AUTHORIZE, new byte[27], kit.dice),
                Envelope.seal(
                        sessionKey,
                        KeyUsage.AUTHORIZE,
                        out -> out.u8(9).u64(7).u8(0).u64(0),
                        kit.dice),
                Envelope.seal(
                        sessionKey, KeyUsage.AUTHORIZE, out -> out.u8(2).u64(7).u8(0), kit.dice),
                Envelope.seal(
                        sessionKey,
                        KeyUsage.AUTHORIZE,
                        out -> out.u8(2).u64(7).u8(0).u64(0).u8(0),
                        kit.dice),
                Envelope.seal(sessionKey, KeyUsage.AUTHORIZE, out -> {}, kit.dice),
                sessionKey.encrypt(KeyUsage.AUTHORIZE, new byte[0], kit.dice),
                Opaque.EMPTY,
                Opaque.copyOf(new byte[17]),
                Opaque.copyOf(new byte[1024]));
        for (Opaque sealed : bad) {
            Authorizer shown = new Authorizer(
                    admin.globalId,
                    EntityType.OSD,
                    admin.services.get(EntityType.OSD).blob(),
                    sealed);
            assertThat(osd.server(BOTH).request(2, CRC, shown.encoded())).isEqualTo(DENIED);
            AuthServer server = osd.server(BOTH);
            server.request(
                    2, CRC, admin.authorizer(EntityType.OSD, Authorize.first(7)).encoded());
            assertThat(server.requestMore(shown.encoded())).isEqualTo(DENIED);
        }
        CryptoKey seal = osd.keys().current().key();
        for (Encodable inside : List.<Encodable>of(
                out -> {},
                out -> out.u8(7),
                out -> out.u8(1).u8(9),
                out -> out.u8(1).u8(2).u32(99),
                out -> out.u8(1).u8(2).u32(8).string("x").u64(admin.globalId))) {
            TicketBlob blob =
                    new TicketBlob(osd.keys().currentId(), Envelope.seal(seal, KeyUsage.TICKET_INFO, inside, kit.dice));
            Authorizer shown = new Authorizer(admin.globalId, EntityType.OSD, blob, bad.get(1));
            assertThat(osd.server(BOTH).request(2, CRC, shown.encoded())).isEqualTo(DENIED);
        }
        assertThat(kit.failures.counts()).containsOnlyKeys(Reason.TICKET);
    }

    @Test
    void aFloodOfFailuresTakesFixedMemory() throws ProtocolException {
        TicketAuthority authority = authority(KeyType.AES);
        CryptoKey wrong = ServerKit.key(KeyType.AES, 99);
        for (int i = 0; i < 20_000; i++) {
            Peer nobody = new Peer(org.msgr2.core.address.EntityName.of(EntityType.CLIENT, i), wrong);
            assertRefused(nobody.login(authority.server(BOTH), CRC), -13);
        }
        assertThat(kit.failures.count(Reason.UNKNOWN_ENTITY)).isEqualTo(20_000);
        accepted(Peer.of(ADMIN, keyring(KeyType.AES)).login(authority.server(BOTH), CRC));
    }
}
