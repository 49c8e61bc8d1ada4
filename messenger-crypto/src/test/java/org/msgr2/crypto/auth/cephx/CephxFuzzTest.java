package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.ByteMutator;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.StructureCorpus.Sample;
import org.msgr2.crypto.key.KeyType;

/**
 * Mutants of recorded structures, and of the payloads that a client is fed with: nothing but a {@link ProtocolException} may
 * come of them. The seed is printed; {@code -Dmsgr2.fuzz.seed} repeats a run.
 */
class CephxFuzzTest {
    private static final int STRUCTURE_MUTANTS = 80_000;
    private static final int CLIENT_MUTANTS = 20_000;
    private static final int MUTATIONS_MAX = 4;
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private final long seed = Long.getLong("msgr2.fuzz.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final ByteMutator mutator = new ByteMutator(random);

    @Scenario({"A24", "A27"})
    @Test
    void structuresAreDecodedOrRefused() {
        System.out.println("structures: msgr2.fuzz.seed=" + seed);
        Map<String, List<Sample>> byName = StructureCorpus.samples().stream()
                .collect(Collectors.groupingBy(Sample::name, TreeMap::new, Collectors.toList()));
        int each = STRUCTURE_MUTANTS / byName.size() + 1;
        int accepted = 0;
        for (Map.Entry<String, List<Sample>> structure : byName.entrySet()) {
            List<Sample> samples = structure.getValue();
            for (int i = 0; i < each; i++) {
                Sample sample = samples.get(random.nextInt(samples.size()));
                byte[] mutant = mutate(
                        sample.bytes(),
                        samples.get(random.nextInt(samples.size())).bytes());
                try {
                    Encodable decoded = sample.decode(mutant);
                    // What is accepted can be written again, and is then the same.
                    assertThat(sample.decode(decoded.encoded().toByteArray())).isEqualTo(decoded);
                    assertThat(decoded.toString()).isNotNull();
                    accepted++;
                } catch (ProtocolException expected) {
                    assertThat(expected.getMessage()).isNotEmpty();
                } catch (RuntimeException | AssertionError e) {
                    fail(
                            "seed " + seed + ", " + sample.name() + " "
                                    + HexFormat.of().formatHex(mutant),
                            e);
                }
            }
        }
        assertThat(accepted).isPositive().isLessThan(STRUCTURE_MUTANTS);
    }

    @Scenario({"A24", "A27"})
    @Test
    void aClientLogsInOrRefuses() throws Exception {
        System.out.println("client: msgr2.fuzz.seed=" + seed);
        for (KeyType type : KeyType.values()) {
            FakeMonitor monitor = new FakeMonitor(type, random.nextLong());
            Set<EntityType> services = Set.of(EntityType.OSD, EntityType.MGR);
            byte[] challenge = monitor.challenge().toByteArray();
            byte[] done = FakeMonitor.reply(monitor.login(null, services, ConnectionMode.SECURE))
                    .toByteArray();
            CephxConfig config = monitor.config().withServices(services);
            for (int i = 0; i < CLIENT_MUTANTS / KeyType.values().length; i++) {
                CephxClient client = new CephxClient(config, InstantSource.fixed(NOW), monitor.entropy);
                byte[] first = random.nextInt(4) == 0 ? mutate(challenge, done) : challenge;
                byte[] last = mutate(done, challenge);
                try {
                    AuthClient login = client.client(EntityType.MON);
                    login.start();
                    login.replyMore(Opaque.copyOf(first));
                    login.done(FakeMonitor.GLOBAL_ID, ConnectionMode.SECURE, Opaque.copyOf(last));
                    assertThat(client.globalId()).isEqualTo(FakeMonitor.GLOBAL_ID);
                } catch (ProtocolException expected) {
                    assertThat(client.globalId()).isZero();
                    assertThat(client.renewal()).isEmpty();
                } catch (RuntimeException | AssertionError e) {
                    fail("seed " + seed + ", " + HexFormat.of().formatHex(last), e);
                }
            }
        }
    }

    private byte[] mutate(byte[] bytes, byte[] other) {
        byte[] mutant = bytes;
        for (int left = 1 + random.nextInt(MUTATIONS_MAX); left > 0; left--) {
            mutant = mutator.mutate(mutant, other);
        }
        return mutant;
    }
}
