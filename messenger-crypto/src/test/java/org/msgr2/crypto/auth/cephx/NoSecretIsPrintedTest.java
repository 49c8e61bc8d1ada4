package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.ByteMutator;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.StructureCorpus.Sample;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;

/** Scans what can reach a log: every toString, and every message of a fault with its causes. */
class NoSecretIsPrintedTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    /** Bytes that must not appear, in any of the forms in which bytes get printed. */
    private final List<byte[]> secrets = new ArrayList<>();

    private void secret(CryptoKey key) {
        secrets.add(key.secret());
    }

    private void assertClean(String printed) {
        String lower = printed.toLowerCase(Locale.ROOT);
        for (byte[] secret : secrets) {
            // A part is enough to give a key away.
            byte[] part = Arrays.copyOf(secret, 8);
            assertThat(lower).doesNotContain(HexFormat.of().formatHex(part));
            assertThat(lower).doesNotContain(HexFormat.ofDelimiter(", ").formatHex(part));
            assertThat(printed)
                    .doesNotContain(Base64.getEncoder().encodeToString(part).substring(0, 10));
            String decimal = Arrays.toString(part);
            assertThat(printed).doesNotContain(decimal.substring(1, decimal.length() - 1));
        }
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void theClientPrintsNone(KeyType type) throws Exception {
        FakeMonitor monitor = new FakeMonitor(type, 41);
        CephxClient client = new CephxClient(monitor.config(), InstantSource.fixed(NOW), monitor.entropy);
        AuthOutcome outcome = monitor.logIn(client, ConnectionMode.SECURE);
        secret(monitor.entityKey);
        secret(monitor.rotatingKey);
        monitor.sessionKeys.values().forEach(this::secret);
        secrets.add(monitor.connectionSecret.toByteArray());
        Ticket ticket = new Ticket(EntityType.OSD, monitor.authKey(), TicketBlob.NONE, NOW, NOW);
        RotatingSecrets rotating =
                new RotatingSecrets(new TreeMap<>(Map.of(1L, new ExpiringKey(monitor.rotatingKey, UTime.ZERO))), 1);

        for (Object printed : List.of(
                client,
                monitor.config(),
                outcome,
                ticket,
                new Identity(1, ticket),
                rotating,
                new ServiceTicket(monitor.authKey(), UTime.ZERO),
                new AuthorizeReply(1, monitor.connectionSecret),
                client.client(EntityType.OSD).start(),
                client.client(EntityType.MON),
                client.renewal().orElseThrow())) {
            assertClean(printed.toString());
        }
    }

    @Test
    void recordedStructuresPrintNone() throws Exception {
        RecordedHandshake.all()
                .forEach(recorded -> recorded.capture()
                        .json()
                        .at("/secrets/tickets")
                        .forEach(ticket -> secrets.add(HexFormat.of()
                                .parseHex(ticket.get("session_key").asText()))));
        for (Sample sample : StructureCorpus.samples()) {
            assertClean(sample.decode(sample.bytes()).toString());
        }
    }

    @Test
    void theProofAndWhatItIsMadeOfAreNotPrinted() {
        Authenticate authenticate = new Authenticate(3, 0x1234_5678_9abcL, 0x0fed_cba9_8765L, TicketBlob.NONE, 0x20);

        assertThat(authenticate.toString())
                .doesNotContain(Long.toString(authenticate.clientChallenge()))
                .doesNotContain(Long.toString(authenticate.proof()));
        assertThat(Authorize.answer(4711, 4712).toString()).doesNotContain("471");
        assertThat(new AuthorizeChallenge(4711).toString()).doesNotContain("471");
        assertThat(new AuthorizeReply(4711, Opaque.EMPTY).toString()).doesNotContain("471");
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void faultsTellNone(KeyType type) {
        FakeMonitor monitor = new FakeMonitor(type, 42);
        byte[] done = FakeMonitor.reply(monitor.login(null, Set.of(EntityType.OSD), ConnectionMode.SECURE))
                .toByteArray();
        secret(monitor.entityKey);
        monitor.sessionKeys.values().forEach(this::secret);
        secrets.add(monitor.connectionSecret.toByteArray());
        ByteMutator mutator = new ByteMutator(new SplittableRandom(42));
        for (int i = 0; i < 2000; i++) {
            try {
                AuthClient login = new CephxClient(monitor.config(), InstantSource.fixed(NOW), monitor.entropy)
                        .client(EntityType.MON);
                login.start();
                login.replyMore(monitor.challenge());
                login.done(FakeMonitor.GLOBAL_ID, ConnectionMode.SECURE, Opaque.copyOf(mutator.mutate(done, done)));
            } catch (ProtocolException fault) {
                StringWriter trace = new StringWriter();
                fault.printStackTrace(new PrintWriter(trace));
                assertClean(trace.toString());
            }
        }
    }
}
