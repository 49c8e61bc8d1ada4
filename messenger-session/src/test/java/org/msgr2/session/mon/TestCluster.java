package org.msgr2.session.mon;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.cephx.AuthMessage;
import org.msgr2.crypto.auth.cephx.AuthReplyMessage;
import org.msgr2.crypto.auth.cephx.AuthorityOptions;
import org.msgr2.crypto.auth.cephx.AuthorityState;
import org.msgr2.crypto.auth.cephx.AuthorizerVerifier;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.cephx.CephxServer;
import org.msgr2.crypto.auth.cephx.LoginListener;
import org.msgr2.crypto.auth.cephx.RotatingKeySource;
import org.msgr2.crypto.auth.cephx.RotatingKeys;
import org.msgr2.crypto.auth.cephx.StateStore;
import org.msgr2.crypto.auth.cephx.TicketAuthority;
import org.msgr2.crypto.auth.cephx.TicketChecks;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.Loop;

/** The keys of a cluster, the monitors' authority over them, and a monitor that does as it is told. In virtual time. */
final class TestCluster {
    static final UUID FSID = UUID.fromString("0d3c1ad5-2a1a-4e8f-a8a8-3f4ad2d5a001");
    static final EntityName ADMIN = EntityName.parse("client.admin");
    static final EntityName OSD = EntityName.parse("osd.0");

    final Entropy entropy;
    final InstantSource clock;
    final Keyring keyring;
    final TicketAuthority authority;

    TestCluster(TestNetwork.Virtual network, Duration loginTtl, Duration serviceTtl) {
        this(network, loginTtl, serviceTtl, 20_261_120);
    }

    /** @param seed of all its keys */
    TestCluster(TestNetwork.Virtual network, Duration loginTtl, Duration serviceTtl, long seed) {
        entropy = seeded(seed);
        clock = network.time().wallClock();
        keyring = Keyring.EMPTY
                .with(ADMIN, newKey(), Map.of("mon", "allow *", "osd", "allow *"))
                .with(OSD, newKey(), Map.of("mon", "allow profile osd", "osd", "allow *"));
        try {
            authority = TicketAuthority.open(
                    keyring,
                    AuthorityOptions.DEFAULTS.withTtl(loginTtl, serviceTtl),
                    new MemoryStore(),
                    clock,
                    entropy,
                    LoginListener.NONE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        maintainEveryMinute(network.time().newLoop());
    }

    private void maintainEveryMinute(Loop loop) {
        loop.schedule(
                () -> {
                    try {
                        authority.maintain();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    maintainEveryMinute(loop);
                },
                loop.nanoTime() + Duration.ofMinutes(1).toNanos());
    }

    static Entropy seeded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return bytes -> {
            synchronized (random) {
                random.nextBytes(bytes);
            }
        };
    }

    CryptoKey newKey() {
        return CryptoKey.generate(KeyType.AES, UTime.ZERO, entropy);
    }

    AuthProvider monitorAuth() {
        return new CephxAuth(client(ADMIN), CephxServer.monitor(authority));
    }

    CephxClient client(EntityName name) {
        return client(name, keyring.find(name).orElseThrow().key());
    }

    CephxClient client(EntityName name, CryptoKey key) {
        return new CephxClient(CephxConfig.of(name, key).withServices(Set.of(EntityType.OSD)), clock, entropy);
    }

    AuthorizerVerifier verifier(RotatingKeySource source) {
        return new AuthorizerVerifier(
                EntityType.OSD, RotatingKeys.EMPTY, source, TicketChecks.ALL, clock, entropy, LoginListener.NONE);
    }

    private static final class MemoryStore implements StateStore {
        private @Nullable AuthorityState saved;

        @Override
        public Optional<AuthorityState> load() {
            return Optional.ofNullable(saved);
        }

        @Override
        public void save(AuthorityState state) {
            saved = state;
        }
    }

    /** In front of a {@link MonitorService}: counts requests for tickets and keys, and answers them as a test wants. */
    static final class AuthTap implements Dispatcher {
        /** Request types, in order: 0x0100, 0x0200, 0x0400. */
        final List<Integer> requests = new ArrayList<>();

        final List<Connection> accepted = new ArrayList<>();

        /** Whose requests the result is for. */
        EntityName victim = ADMIN;

        /** Negative: refuses with it. Positive: does not answer. 0: leaves it to the service. */
        int result;

        @Override
        public boolean dispatch(Connection connection, Message message) {
            if (!message.is(MessageType.AUTH)) {
                return false;
            }
            AuthMessage request;
            try {
                request = AuthMessage.read(message.front().duplicate());
            } catch (ProtocolException e) {
                throw new AssertionError(e);
            }
            byte[] payload = request.payload().toByteArray();
            requests.add((payload[1] & 0xff) << 8 | (payload[0] & 0xff));
            if (result == 0 || !connection.info().identity().name().equals(victim)) {
                return false;
            }
            if (result < 0) {
                long globalId = connection.info().identity().globalId();
                send(connection, new AuthReplyMessage(request.protocol(), result, globalId, Opaque.EMPTY, ""));
            }
            return true;
        }

        static void send(Connection connection, AuthReplyMessage reply) {
            ByteBuf front = Unpooled.buffer();
            reply.write(new WireWriter(front));
            connection.send(Message.builder(MessageType.AUTH_REPLY).front(front).build());
        }

        @Override
        public void onEvent(Connection connection, SessionEvent event) {
            if (event instanceof SessionEvent.Accepted) {
                accepted.add(connection);
            }
        }
    }

    /** Answers commands by their first word. */
    static final class Commands implements MonCommands {
        final List<String> ran = new ArrayList<>();

        @Override
        public Answer run(Connection from, MonCommand command, ByteBuf input) {
            String word = command.words().get(0);
            ran.add(word);
            return switch (word) {
                case "echo" -> Answer.done(input.toString(StandardCharsets.UTF_8));
                case "fail" -> Answer.failed(22, "no such thing");
                default -> Answer.done("ran " + word);
            };
        }

        @Override
        public String ping() {
            return "{}";
        }
    }

    /** The failure of a stage that has failed. */
    static Throwable failure(CompletionStage<?> stage) {
        List<Throwable> failures = new ArrayList<>();
        stage.whenComplete((value, failure) -> failures.add(failure));
        if (failures.isEmpty() || failures.get(0) == null) {
            throw new AssertionError("has not failed: " + stage);
        }
        Throwable failure = failures.get(0);
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
