package org.msgr2.crypto.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.testing.ByteMutator;
import org.msgr2.core.testing.FuzzRuns;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.SeededEntropy;

/**
 * Keys, ciphertexts and keyrings against mutants. Whatever comes is decoded or refused with the exception that is meant for it;
 * and what was decoded is encoded and decoded to the same again.
 *
 * <p>{@code -Dmsgr2.fuzz.seed=N} repeats a run, {@code -Dmsgr2.fuzz.mutations=N} sets its length. A mutant depends on
 * the seed and on its own number only.
 */
class KeyFuzzTest {
    private static final long MUTATIONS = FuzzRuns.of("msgr2.fuzz.mutations", 25_000);

    private final long seed = Long.getLong("msgr2.fuzz.seed", new SecureRandom().nextLong());
    private final SeededEntropy entropy = new SeededEntropy(7);
    private long accepted;

    private interface Decoder {
        void decode(byte[] mutant) throws Exception;
    }

    @Test
    void survivesMutantsOfKeys() {
        List<byte[]> samples = new ArrayList<>();
        for (KeyType type : KeyType.values()) {
            samples.add(TestKeys.written(CryptoKey.generate(type, TestKeys.CREATED, entropy)::write));
        }
        run("keys", samples, mutant -> {
            try {
                WireReader in = TestKeys.reader(mutant);
                CryptoKey key = CryptoKey.read(in, "key");
                byte[] again = TestKeys.written(key::write);
                assertThat(mutant).startsWith(again);
                assertThat(CryptoKey.read(TestKeys.reader(again), "key")).isEqualTo(key);
                accepted++;
            } catch (WireException e) {
                assertThat(e.getMessage()).startsWith("key: ");
            }
        });
        assertThat(accepted).isBetween(MUTATIONS / 10, MUTATIONS * 9 / 10);
    }

    @Test
    void survivesMutantsOfTexts() {
        List<byte[]> samples = new ArrayList<>();
        for (KeyType type : KeyType.values()) {
            samples.add(CryptoKey.generate(type, TestKeys.CREATED, entropy)
                    .toBase64()
                    .getBytes(StandardCharsets.US_ASCII));
        }
        run("texts", samples, mutant -> {
            String text = new String(mutant, StandardCharsets.UTF_8);
            try {
                assertThat(CryptoKey.parseBase64(text).toBase64()).isEqualTo(text);
                accepted++;
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isEqualTo("not the base64 text of a key of type aes or aes256k");
            }
        });
        assertThat(accepted).isBetween(MUTATIONS / 20, MUTATIONS * 9 / 10);
    }

    @Test
    void survivesMutantsOfCiphertexts() {
        List<byte[]> samples = new ArrayList<>();
        List<CryptoKey> keys = new ArrayList<>();
        for (KeyType type : KeyType.values()) {
            CryptoKey key = CryptoKey.generate(type, TestKeys.CREATED, entropy);
            keys.add(key);
            samples.add(key.encodeEncrypt(KeyUsage.TICKET_INFO, out -> out.bytes(new byte[77]), entropy)
                    .toByteArray());
        }
        run("ciphertexts", samples, mutant -> {
            for (CryptoKey key : keys) {
                try {
                    key.decodeDecrypt(KeyUsage.TICKET_INFO, Opaque.copyOf(mutant));
                    accepted++;
                    // A changed ciphertext can pass with type 1 only.
                    assertThat(key.type() == KeyType.AES
                                    || samples.stream().anyMatch(sample -> Arrays.equals(sample, mutant)))
                            .isTrue();
                } catch (ProtocolException e) {
                    assertThat(e.getMessage())
                            .isEqualTo("cannot decrypt the ticket info: another key, or changed bytes");
                }
            }
        });
        assertThat(accepted).isBetween(MUTATIONS / 20, MUTATIONS);
    }

    @Test
    void survivesMutantsOfKeyrings() {
        Keyring keyring = Keyring.EMPTY;
        List<byte[]> samples = new ArrayList<>();
        for (String name : List.of("mon.", "client.admin", "osd.0", "client.fs")) {
            keyring = keyring.with(
                    EntityName.parse(name),
                    CryptoKey.generate(KeyType.values()[samples.size() % 2], TestKeys.CREATED, entropy),
                    Map.of("mon", "allow \"*\"", "osd", "allow # r ; \\"));
            samples.add(keyring.toText().getBytes(StandardCharsets.UTF_8));
        }
        samples.add(("# old\n[client.a] ; x\r\n\tkey="
                        + CryptoKey.generate(KeyType.AES, TestKeys.CREATED, entropy)
                                .toBase64()
                        + "\n\n  caps_mon = 'a \\' b' # c\n\tcaps  osd = a\\\n b\nauid = 7\n")
                .getBytes(StandardCharsets.UTF_8));
        run("keyrings", samples, mutant -> {
            String text = new String(mutant, StandardCharsets.UTF_8);
            try {
                Keyring read = Keyring.parse(text, "f");
                assertThat(Keyring.parse(read.toText(), "f")).isEqualTo(read);
                accepted++;
            } catch (KeyringException e) {
                assertThat(e.getMessage()).matches("f:[0-9]+: [^\n]*");
            }
        });
        assertThat(accepted).isBetween(MUTATIONS / 20, MUTATIONS * 9 / 10);
    }

    private void run(String what, List<byte[]> samples, Decoder decoder) {
        System.out.printf("%s: msgr2.fuzz.seed=%d msgr2.fuzz.mutations=%d%n", what, seed, MUTATIONS);
        for (long number = 0; number < MUTATIONS; number++) {
            SplittableRandom random = new SplittableRandom(seed + number * 0x9e37_79b9_7f4a_7c15L);
            ByteMutator mutator = new ByteMutator(random);
            byte[] mutant = samples.get(random.nextInt(samples.size()));
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                mutant = mutator.mutate(mutant, samples.get(random.nextInt(samples.size())));
            }
            try {
                decoder.decode(mutant);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ", mutant " + number + ": " + TestKeys.hex(mutant), e);
            }
        }
        System.out.printf("%s: accepted %d%n", what, accepted);
    }
}
