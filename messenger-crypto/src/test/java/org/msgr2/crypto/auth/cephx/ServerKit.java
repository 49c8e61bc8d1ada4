package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.KeyUsage;
import org.msgr2.crypto.key.Keyring;

/**
 * What tests of the server half need: a clock that they set, dice that they load, a disk in memory, and a peer that says
 * exactly what it is told to say, right or wrong.
 */
final class ServerKit {
    static final Instant START = Instant.parse("2026-11-20T12:00:00Z");
    static final EntityName ADMIN = EntityName.parse("client.admin");
    static final EntityName OTHER = EntityName.parse("client.other");
    static final EntityName OSD = EntityName.parse("osd.0");
    static final EntityName POOR = EntityName.parse("client.poor");
    static final List<Integer> CRC = List.of(1);
    static final List<Integer> SECURE = List.of(2);
    static final List<ConnectionMode> BOTH = List.of(ConnectionMode.CRC, ConnectionMode.SECURE);
    static final int AUTH = 0x20;
    static final int ALL = 0x37;

    final Clock clock = new Clock();
    final Dice dice = new Dice(20261120);
    final MemoryStore store = new MemoryStore();
    final FailedLogins failures =
            new FailedLogins(1000, Duration.ofSeconds(1), clock, dice, (claimed, peer, reason, leftOut) -> {});

    static final class Clock implements InstantSource {
        private Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        void advance(Duration by) {
            now = now.plus(by);
        }

        void set(Instant to) {
            now = to;
        }
    }

    /** Seeded, and with numbers that come first. */
    static final class Dice implements Entropy {
        private final SplittableRandom random;
        private final Deque<Long> first = new ArrayDeque<>();

        Dice(long seed) {
            random = new SplittableRandom(seed);
        }

        void load(long value) {
            first.add(value);
        }

        @Override
        public synchronized void nextBytes(byte[] bytes) {
            if (bytes.length == Long.BYTES && !first.isEmpty()) {
                long value = first.remove();
                for (int i = 0; i < Long.BYTES; i++) {
                    bytes[i] = (byte) (value >>> (56 - 8 * i));
                }
                return;
            }
            random.nextBytes(bytes);
        }
    }

    /** Survives as a disk does: as bytes. */
    static final class MemoryStore implements StateStore {
        @Nullable Opaque saved;

        boolean broken;
        int saves;

        @Override
        public Optional<AuthorityState> load() throws IOException {
            try {
                return saved == null ? Optional.empty() : Optional.of(AuthorityState.decode(saved));
            } catch (ProtocolException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void save(AuthorityState state) throws IOException {
            if (broken) {
                throw new IOException("disk full");
            }
            saved = state.encode();
            saves++;
        }
    }

    static CryptoKey key(KeyType type, int seed) {
        return CryptoKey.generate(type, UTime.ZERO, new Dice(seed));
    }

    /** client.admin, client.other, osd.0 with keys of that type; client.poor has no capabilities at the monitor. */
    static Keyring keyring(KeyType type) {
        return Keyring.EMPTY
                .with(
                        ADMIN,
                        key(type, 1),
                        Map.of("mon", "allow *", "osd", "allow rw", "mgr", "allow r", "confd", "allow r"))
                .with(OTHER, key(type, 2), Map.of("mon", "allow r"))
                .with(OSD, key(type, 3), Map.of("mon", "allow profile osd", "osd", "allow *"))
                .with(POOR, key(type, 4), Map.of("osd", "allow *"));
    }

    TicketAuthority authority(KeyType type, AuthorityOptions options) {
        return authority(keyring(type), options);
    }

    TicketAuthority authority(Keyring keyring, AuthorityOptions options) {
        try {
            return TicketAuthority.open(keyring, options, store, clock, dice, failures);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A peer, and what it holds. */
    static final class Peer {
        private static final Dice DICE = new Dice(4711);

        final EntityName name;
        final CryptoKey key;
        int version = 3;
        int otherKeys = ALL;
        long globalId;
        TicketBlob authTicket = TicketBlob.NONE;

        @Nullable CryptoKey sessionKey;

        AuthReply.@Nullable Done done;
        Opaque secret = Opaque.EMPTY;
        final Map<EntityType, Held> services = new EnumMap<>(EntityType.class);
        final List<Duration> validities = new ArrayList<>();

        /** A ticket for a service. */
        record Held(CryptoKey sessionKey, TicketBlob blob) {}

        Peer(EntityName name, CryptoKey key) {
            this.name = name;
            this.key = key;
        }

        static Peer of(EntityName name, Keyring keyring) {
            return new Peer(name, keyring.find(name).orElseThrow().key());
        }

        Opaque hello() {
            return new MonRequest(name, globalId).encoded();
        }

        Authenticate proof(Opaque challenge) throws ProtocolException {
            long server = ServerChallenge.read(Decoding.reader(challenge)).challenge();
            long client = DICE.nextLong();
            return new Authenticate(version, client, key.challengeProof(server, client), authTicket, otherKeys);
        }

        static Opaque login(Authenticate authenticate) {
            Encodable request = out -> {
                RequestType.GET_AUTH_SESSION_KEY.write(out);
                authenticate.write(out);
            };
            return request.encoded();
        }

        /** Logs in, and takes over what it gets if it gets something. */
        AuthReply login(AuthServer server, List<Integer> modes) throws ProtocolException {
            AuthReply reply = server.request(AuthMethod.CEPHX.code(), modes, hello());
            if (!(reply instanceof AuthReply.More more)) {
                return reply;
            }
            AuthReply answer = server.requestMore(login(proof(more.payload())));
            if (answer instanceof AuthReply.Done accepted) {
                done = accepted;
                globalId = accepted.globalId();
                WireReader in = Decoding.reader(accepted.payload());
                ResponseHeader header = ResponseHeader.read(in);
                assertThat(header).isEqualTo(new ResponseHeader(RequestType.GET_AUTH_SESSION_KEY, 0));
                adopt(in, true);
            }
            return answer;
        }

        /** What follows the header of a login. */
        void adopt(WireReader in, boolean withSecret) throws ProtocolException {
            if (otherKeys == 0) {
                adoptLogin(ServiceTicketReply.read(in));
            } else {
                LoginReply reply = LoginReply.read(in);
                adoptLogin(reply.login());
                if (withSecret) {
                    WireReader blob = Decoding.reader(reply.secretBlob());
                    secret = Envelope.open(
                            known(),
                            KeyUsage.AUTH_CONNECTION_SECRET,
                            blob.blob("secret", 200),
                            body -> body.blob("secret", 64));
                    Decoding.end(blob, "secret");
                } else {
                    assertThat(reply.secretBlob().isEmpty()).isTrue();
                }
                if (!reply.extra().isEmpty()) {
                    WireReader extra = Decoding.reader(reply.extra());
                    adoptServices(ServiceTicketReply.read(extra));
                    Decoding.end(extra, "extra");
                }
            }
            Decoding.end(in, "login reply");
        }

        private void adoptLogin(ServiceTicketReply reply) throws ProtocolException {
            assertThat(reply.tickets()).hasSize(1);
            IssuedTicket ticket = reply.tickets().get(0);
            assertThat(ticket.service()).isEqualTo(AUTH);
            assertThat(ticket.encrypted())
                    .as("only the owner of the ticket before can open the new one")
                    .isEqualTo(!authTicket.isEmpty());
            ServiceTicket mine =
                    Envelope.open(key, KeyUsage.TICKET_SESSION_KEY, ticket.sealedTicket(), ServiceTicket::read);
            Opaque blob = ticket.ticket();
            if (ticket.encrypted()) {
                blob = Envelope.open(known(), KeyUsage.TICKET_BLOB, blob, in -> in.blob("ticket", 1000));
            }
            authTicket = TicketBlob.read(Decoding.reader(blob));
            sessionKey = mine.sessionKey();
            validities.add(Duration.ofSeconds(mine.validity().seconds()));
        }

        void adoptServices(ServiceTicketReply reply) throws ProtocolException {
            for (IssuedTicket ticket : reply.tickets()) {
                assertThat(ticket.encrypted()).isFalse();
                ServiceTicket mine =
                        Envelope.open(known(), KeyUsage.TICKET_SESSION_KEY, ticket.sealedTicket(), ServiceTicket::read);
                TicketBlob blob = TicketBlob.read(Decoding.reader(ticket.ticket()));
                services.put(EntityType.fromWire(ticket.service(), "service"), new Held(mine.sessionKey(), blob));
                validities.add(Duration.ofSeconds(mine.validity().seconds()));
            }
        }

        CryptoKey known() {
            if (sessionKey == null) {
                throw new AssertionError("not logged in");
            }
            return sessionKey;
        }

        Authorizer authorizer(EntityType service, Authorize authorize) {
            Held held = service == EntityType.AUTH ? new Held(known(), authTicket) : services.get(service);
            return new Authorizer(
                    globalId,
                    service,
                    held.blob(),
                    Envelope.seal(held.sessionKey(), KeyUsage.AUTHORIZE, authorize, DICE));
        }

        long challenge(EntityType service, Opaque payload) throws ProtocolException {
            return Envelope.open(
                            services.get(service).sessionKey(),
                            KeyUsage.AUTHORIZE_CHALLENGE,
                            payload,
                            AuthorizeChallenge::read)
                    .challenge();
        }

        /** The second authorizer. */
        Opaque answer(EntityType service, long nonce, Opaque challenge) throws ProtocolException {
            return authorizer(service, Authorize.answer(nonce, challenge(service, challenge)))
                    .encoded();
        }

        /** Shows its ticket, answers the challenge, and checks the reply. */
        AuthReply authorize(AuthServer server, EntityType service, List<Integer> modes) throws ProtocolException {
            long nonce = DICE.nextLong();
            AuthReply reply = server.request(
                    AuthMethod.CEPHX.code(),
                    modes,
                    authorizer(service, Authorize.first(nonce)).encoded());
            if (reply instanceof AuthReply.Later later) {
                reply = later.reply().toCompletableFuture().join();
            }
            return reply instanceof AuthReply.More more ? answer(server, service, nonce, more) : reply;
        }

        AuthReply answer(AuthServer server, EntityType service, long nonce, AuthReply.More more)
                throws ProtocolException {
            AuthReply reply = server.requestMore(answer(service, nonce, more.payload()));
            if (reply instanceof AuthReply.Done accepted) {
                WireReader in = Decoding.reader(accepted.payload());
                AuthorizeReply opened = Envelope.open(
                        services.get(service).sessionKey(),
                        KeyUsage.AUTHORIZE_REPLY,
                        in.blob("reply", 200),
                        AuthorizeReply::read);
                Decoding.end(in, "reply");
                assertThat(opened.noncePlusOne()).isEqualTo(nonce + 1);
                assertThat(opened.connectionSecret())
                        .isEqualTo(accepted.outcome().connectionSecret());
                secret = opened.connectionSecret();
                done = accepted;
            }
            return reply;
        }
    }

    static void assertRefused(AuthReply reply, int result) {
        assertThat(reply).isInstanceOf(AuthReply.BadMethod.class);
        assertThat(((AuthReply.BadMethod) reply).result()).isEqualTo(result);
    }

    static AuthReply.Done accepted(AuthReply reply) {
        assertThat(reply).isInstanceOf(AuthReply.Done.class);
        return (AuthReply.Done) reply;
    }
}
