package org.msgr2.crypto.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.crypto.key.TestKeys.CREATED;
import static org.msgr2.crypto.key.TestKeys.bytes;
import static org.msgr2.crypto.key.TestKeys.reader;
import static org.msgr2.crypto.key.TestKeys.written;

import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.SeededEntropy;

class CryptoKeyTest {
    /** Made by {@code ceph-authtool --gen-print-key} of 16.2.15, for nobody. */
    private static final String REAL_TEXT = "AQCoNQBrzg+ADxAAGAuX+Pnm8QYTd+sqH7l1Fw==";

    private final SeededEntropy entropy = new SeededEntropy(1);

    @Test
    void readsAndWritesTheTextOfARealKey() {
        CryptoKey key = CryptoKey.parseBase64(REAL_TEXT);
        assertThat(key).isInstanceOf(AesKey.class);
        assertThat(key.created()).isEqualTo(new UTime(0x6b00_35a8L, 0x0f80_0fce));
        assertThat(key.secret()).isEqualTo(bytes("180b97f8f9e6f1061377eb2a1fb97517"));
        assertThat(key.toBase64()).isEqualTo(REAL_TEXT);
    }

    @Test
    void textsBeginWithTheirType() {
        assertThat(CryptoKey.generate(KeyType.AES, CREATED, entropy).toBase64()).startsWith("AQ");
        assertThat(CryptoKey.generate(KeyType.AES256KRB5, CREATED, entropy).toBase64())
                .startsWith("Ag");
    }

    @ParameterizedTest
    @EnumSource
    void survivesTheWireAndTheText(KeyType type) throws WireException {
        CryptoKey key = CryptoKey.generate(type, CREATED, entropy);
        byte[] encoded = written(key::write);
        assertThat(encoded).hasSize(12 + type.secretBytes());
        WireReader in = reader(encoded);
        assertThat(CryptoKey.read(in, "key")).isEqualTo(key).hasSameHashCodeAs(key);
        assertThat(in.remaining()).isZero();
        assertThat(CryptoKey.parseBase64(key.toBase64())).isEqualTo(key);
    }

    @ParameterizedTest
    @EnumSource
    void generatesAnotherKeyEachTime(KeyType type) {
        Set<String> secrets = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            byte[] secret = CryptoKey.generate(type, CREATED, entropy).secret();
            assertThat(secret).hasSize(type.secretBytes());
            secrets.add(Arrays.toString(secret));
        }
        assertThat(secrets).hasSize(100);
    }

    @ParameterizedTest
    @EnumSource
    void refusesEveryTruncatedEncoding(KeyType type) {
        byte[] encoded = written(CryptoKey.generate(type, CREATED, entropy)::write);
        for (int length = 0; length < encoded.length; length++) {
            byte[] cut = Arrays.copyOf(encoded, length);
            assertThatThrownBy(() -> CryptoKey.read(reader(cut), "key"))
                    .isInstanceOf(WireException.class)
                    .hasMessageStartingWith("key: needs ");
            String text = Base64.getEncoder().encodeToString(cut);
            assertThatThrownBy(() -> CryptoKey.parseBase64(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void refusesLengthsThatLie() {
        assertThatThrownBy(() -> CryptoKey.read(reader(encoding(1, 32)), "key"))
                .hasMessage("key: a secret of 32 bytes, type aes has 16");
        assertThatThrownBy(() -> CryptoKey.read(reader(encoding(2, 16)), "key"))
                .hasMessage("key: a secret of 16 bytes, type aes256k has 32");
        assertThatThrownBy(() -> CryptoKey.read(reader(encoding(1, 0)), "key"))
                .hasMessage("key: a secret of 0 bytes, type aes has 16");
        assertThatThrownBy(() -> CryptoKey.read(reader(encoding(1, 0xffff)), "key"))
                .hasMessage("key: a secret of 65535 bytes, type aes has 16");
        assertThatThrownBy(() -> CryptoKey.of(KeyType.AES, CREATED, new byte[15]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a secret of type aes has 16 bytes, not 15");
    }

    /** Type 0 is Ceph's key that is none: nothing can be kept secret with it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 0xffff})
    void refusesTypesThatItDoesNotKnow(int type) {
        assertThatThrownBy(() -> CryptoKey.read(reader(encoding(type, 16)), "key"))
                .isInstanceOf(WireException.class)
                .hasMessage("key: a key of type " + type + ", known are 1 and 2")
                .extracting(fault -> ((ProtocolException) fault).kind())
                .isEqualTo(FaultKind.FEATURE);
    }

    private static byte[] encoding(int type, int length) {
        return written(out -> {
            CREATED.write(out.u16(type));
            out.u16(length).bytes(new byte[64]);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "xxx",
                "AAAAAAAAAAAAAAAA", // the key that is none
                "AQCoNQBrzg+ADxAAGAuX+Pnm8QYTd+sqH7l1Fw", // no padding
                "AQCoNQBrzg+ADxAAGAuX+Pnm8QYTd+sqH7l1Fx==", // bits behind the end
                "AQCoNQBrzg+ADxAAGAuX+Pnm8QYTd+sqH7l1FwAAAA==", // bytes behind the end
                "AQCoNQBrzg+ADxAAGAuX+Pnm8QYTd+sqH7l1Fw== ",
                "AQCoNQBrzg-ADxAAGAuX-Pnm8QYTd-sqH7l1Fw==", // the other alphabet
                "AgCoNQBrzg+ADxAAGAuX+Pnm8QYTd+sqH7l1Fw==" // type 2 with the secret of type 1
            })
    void refusesTextsWithoutQuotingThem(String text) {
        assertThatThrownBy(() -> CryptoKey.parseBase64(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not the base64 text of a key of type aes or aes256k")
                .hasNoCause();
    }

    @Test
    void isEqualByTypeTimeAndSecret() {
        CryptoKey key = TestKeys.aes("000102030405060708090a0b0c0d0e0f");
        assertThat(key)
                .isEqualTo(TestKeys.aes("000102030405060708090a0b0c0d0e0f"))
                .isNotEqualTo(TestKeys.aes("000102030405060708090a0b0c0d0e0e"))
                .isNotEqualTo(CryptoKey.of(KeyType.AES, UTime.ZERO, key.secret()))
                .isNotEqualTo(TestKeys.krb5("00".repeat(32)))
                .isNotEqualTo("key");
    }

    @ParameterizedTest
    @EnumSource
    void isOfNoUseOnceDestroyed(KeyType type) throws ProtocolException {
        CryptoKey key = CryptoKey.generate(type, CREATED, entropy);
        Opaque sealed = key.encrypt(KeyUsage.PLAIN, new byte[5], entropy);
        CryptoKey same = CryptoKey.of(type, CREATED, key.secret());
        key.destroy();
        key.destroy();
        assertThat(key.isDestroyed()).isTrue();
        assertThat(key).isNotEqualTo(same);
        assertThat(same).isNotEqualTo(key);
        assertThatThrownBy(key::secret)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the key is destroyed");
        assertThatThrownBy(key::toBase64).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> key.encrypt(KeyUsage.PLAIN, new byte[5], entropy))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> key.decrypt(KeyUsage.PLAIN, sealed)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> key.challengeProof(1, 2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> key.hmacSha256(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThat(same.decrypt(KeyUsage.PLAIN, sealed)).hasSize(5);
    }

    @Test
    void keepsItsSecretWhateverHappensToTheArray() {
        byte[] secret = bytes("000102030405060708090a0b0c0d0e0f");
        CryptoKey key = CryptoKey.of(KeyType.AES, CREATED, secret);
        secret[0] = 99;
        key.secret()[1] = 99;
        assertThat(key.secret()).isEqualTo(bytes("000102030405060708090a0b0c0d0e0f"));
    }

    @ParameterizedTest
    @EnumSource
    void putsObjectsInTheEnvelope(KeyType type) throws ProtocolException {
        CryptoKey key = CryptoKey.generate(type, CREATED, entropy);
        Opaque sealed = key.encodeEncrypt(KeyUsage.AUTHORIZE, out -> out.u16(77).string("x"), entropy);
        assertThat(key.decrypt(KeyUsage.AUTHORIZE, sealed))
                .isEqualTo(bytes("0155aa2688ad9c00ff" + "4d00" + "0100000078"));
        WireReader in = key.decodeDecrypt(KeyUsage.AUTHORIZE, sealed);
        assertThat(in.u16("a")).isEqualTo(77);
        assertThat(in.string("b", 9)).isEqualTo("x");
        assertThat(in.remaining()).isZero();
    }

    /** As in Ceph, which looks at the magic only. */
    @Test
    void readsEnvelopesOfAnyVersion() throws ProtocolException {
        CryptoKey key = CryptoKey.generate(KeyType.AES, CREATED, entropy);
        Opaque sealed = key.encrypt(KeyUsage.PLAIN, bytes("0755aa2688ad9c00ff" + "2a"), entropy);
        assertThat(key.decodeDecrypt(KeyUsage.PLAIN, sealed).u8("a")).isEqualTo(42);
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatIsInNoEnvelope(KeyType type) {
        CryptoKey key = CryptoKey.generate(type, CREATED, entropy);
        for (String plaintext : new String[] {"", "01", "0155aa2688ad9c00", "0155aa2688ad9c00fe", "00".repeat(40)}) {
            Opaque sealed = key.encrypt(KeyUsage.PLAIN, bytes(plaintext), entropy);
            assertThatThrownBy(() -> key.decodeDecrypt(KeyUsage.PLAIN, sealed))
                    .hasMessage("cannot decrypt the data: another key, or changed bytes");
        }
    }

    /** Whatever is wrong: the same words, and no cause. Type 1 notices damage to the envelope and to the length only. */
    @ParameterizedTest
    @EnumSource
    void doesNotTellWhichCheckFailed(KeyType type) {
        CryptoKey key = CryptoKey.generate(type, CREATED, entropy);
        CryptoKey other = CryptoKey.generate(type, CREATED, entropy);
        byte[] sealed = key.encodeEncrypt(KeyUsage.TICKET_INFO, out -> out.u64(7), entropy)
                .toByteArray();
        Set<String> words = new HashSet<>();
        for (int length = 0; length < sealed.length; length += type == KeyType.AES ? 17 : 1) {
            words.add(refusal(key, Arrays.copyOf(sealed, length)));
        }
        for (int bit = 0; bit < (type == KeyType.AES ? 64 : 8 * sealed.length); bit++) {
            byte[] changed = sealed.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            words.add(refusal(key, changed));
        }
        words.add(refusal(other, sealed));
        words.add(refusal(key, new byte[sealed.length]));
        words.add(refusal(key, Arrays.copyOf(sealed, sealed.length + 1)));
        assertThat(words).containsExactly("AUTH cannot decrypt the ticket info: another key, or changed bytes");
    }

    private static String refusal(CryptoKey key, byte[] sealed) {
        try {
            key.decodeDecrypt(KeyUsage.TICKET_INFO, Opaque.copyOf(sealed));
        } catch (ProtocolException e) {
            assertThat(e).hasNoCause();
            return e.kind() + " " + e.getMessage();
        }
        throw new AssertionError("was accepted: " + TestKeys.hex(sealed));
    }

    /** The ciphertext of one usage cannot be passed off as another; type 1 cannot tell. */
    @Test
    void type2BindsACiphertextToItsUsage() throws ProtocolException {
        CryptoKey krb5 = CryptoKey.generate(KeyType.AES256KRB5, CREATED, entropy);
        CryptoKey aes = CryptoKey.generate(KeyType.AES, CREATED, entropy);
        for (KeyUsage made : KeyUsage.values()) {
            Opaque sealed = krb5.encrypt(made, new byte[3], entropy);
            Opaque unbound = aes.encrypt(made, new byte[3], entropy);
            for (KeyUsage shown : KeyUsage.values()) {
                assertThat(aes.decrypt(shown, unbound)).hasSize(3);
                if (shown == made) {
                    assertThat(krb5.decrypt(shown, sealed)).hasSize(3);
                } else {
                    assertThatThrownBy(() -> krb5.decrypt(shown, sealed)).isInstanceOf(ProtocolException.class);
                }
            }
        }
    }

    @Test
    void knowsTheUsages() {
        assertThat(Arrays.stream(KeyUsage.values()).map(KeyUsage::code))
                .containsExactly(0x00, 0x03, 0x04, 0x05, 0x10, 0x11, 0x12, 0x20, 0x30);
    }

    /** Padding is stripped by its last byte and not looked at: what it says is the plaintext's length, never an error. */
    @Test
    void type1HasNoPaddingOracle() throws ProtocolException {
        AesKey key = TestKeys.aes("000102030405060708090a0b0c0d0e0f");
        for (int last = 0; last < 256; last++) {
            byte[] block = bytes("00112233445566778899aabbccddee" + String.format("%02x", last));
            // Encrypting adds a block of padding of its own: without it, this block is the last.
            byte[] sealed = key.encrypt(KeyUsage.PLAIN, block, entropy).toByteArray();
            byte[] opened = key.decrypt(KeyUsage.PLAIN, Opaque.copyOf(Arrays.copyOf(sealed, 16)));
            assertThat(opened).isEqualTo(Arrays.copyOf(block, 16 - Math.min(last, 16)));
        }
    }

    @Test
    void type1IsDeterministicAndType2IsNot() {
        CryptoKey aes = TestKeys.aes("000102030405060708090a0b0c0d0e0f");
        CryptoKey krb5 = TestKeys.krb5("00".repeat(32));
        assertThat(aes.encrypt(KeyUsage.PLAIN, new byte[3], TestKeys.NO_ENTROPY))
                .isEqualTo(aes.encrypt(KeyUsage.PLAIN, new byte[3], TestKeys.NO_ENTROPY));
        assertThat(krb5.encrypt(KeyUsage.PLAIN, new byte[3], entropy))
                .isNotEqualTo(krb5.encrypt(KeyUsage.PLAIN, new byte[3], entropy));
    }
}
