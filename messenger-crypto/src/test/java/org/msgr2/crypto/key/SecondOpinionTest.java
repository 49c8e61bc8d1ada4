package org.msgr2.crypto.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bouncycastle.crypto.BufferedBlockCipher;
import org.bouncycastle.crypto.DefaultBufferedBlockCipher;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.CTSBlockCipher;
import org.bouncycastle.crypto.paddings.PKCS7Padding;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.jupiter.api.Test;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.SeededEntropy;

/** The ciphers of keys, put together once more from the parts of Bouncy Castle, on random inputs. */
class SecondOpinionTest {
    private static final int ROUNDS = 1000;
    private static final byte[] CEPH_IV = "cephsageyudagreg".getBytes(StandardCharsets.US_ASCII);

    private final SplittableRandom random = new SplittableRandom(8009);
    private final SeededEntropy entropy = new SeededEntropy(3961);

    @Test
    void type1IsAesCbcWithPadding() throws ProtocolException, InvalidCipherTextException {
        for (int round = 0; round < ROUNDS; round++) {
            CryptoKey key = CryptoKey.generate(KeyType.AES, TestKeys.CREATED, entropy);
            byte[] plaintext = randomBytes(round < 100 ? round : random.nextInt(2000));
            byte[] expected = run(
                    new PaddedBufferedBlockCipher(
                            CBCBlockCipher.newInstance(AESEngine.newInstance()), new PKCS7Padding()),
                    key.secret(),
                    CEPH_IV,
                    plaintext);
            Opaque sealed = key.encrypt(KeyUsage.PLAIN, plaintext, entropy);
            assertThat(sealed.toByteArray()).isEqualTo(expected);
            assertThat(key.decrypt(KeyUsage.PLAIN, sealed)).isEqualTo(plaintext);
        }
    }

    @Test
    void type2IsTheCompositionOfRfc8009() throws ProtocolException, InvalidCipherTextException {
        KeyUsage[] usages = KeyUsage.values();
        for (int round = 0; round < ROUNDS; round++) {
            CryptoKey key = CryptoKey.generate(KeyType.AES256KRB5, TestKeys.CREATED, entropy);
            byte[] plaintext = randomBytes(round < 100 ? round : random.nextInt(2000));
            KeyUsage usage = usages[random.nextInt(usages.length)];
            byte[] confounder = randomBytes(16);
            byte[] expected = seal(key.secret(), usage.code(), confounder, plaintext);
            Opaque sealed = key.encrypt(
                    usage, plaintext, bytes -> System.arraycopy(confounder, 0, bytes, 0, confounder.length));
            assertThat(sealed.toByteArray()).isEqualTo(expected);
            assertThat(key.decrypt(usage, sealed)).isEqualTo(plaintext);
        }
    }

    @Test
    void signsWithHmacSha256() {
        for (KeyType type : KeyType.values()) {
            CryptoKey key = CryptoKey.generate(type, TestKeys.CREATED, entropy);
            byte[] data = randomBytes(333);
            HMac mac = new HMac(new SHA256Digest());
            mac.init(new KeyParameter(key.secret()));
            mac.update(data, 10, 300);
            byte[] expected = new byte[32];
            mac.doFinal(expected, 0);
            assertThat(key.hmacSha256(data, 10, 300).toByteArray()).isEqualTo(expected);
        }
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] run(BufferedBlockCipher cipher, byte[] key, byte[] iv, byte[] in)
            throws InvalidCipherTextException {
        cipher.init(true, new ParametersWithIV(new KeyParameter(key), iv));
        byte[] out = new byte[cipher.getOutputSize(in.length)];
        int written = cipher.processBytes(in, 0, in.length, out, 0);
        written += cipher.doFinal(out, written);
        return Arrays.copyOf(out, written);
    }

    private static byte[] seal(byte[] secret, int usage, byte[] confounder, byte[] plaintext)
            throws InvalidCipherTextException {
        byte[] ke = Arrays.copyOf(hmac(secret, label(usage, 0xaa, 256)), 32);
        byte[] ki = Arrays.copyOf(hmac(secret, label(usage, 0x55, 192)), 24);
        byte[] input = ByteBuffer.allocate(16 + plaintext.length)
                .put(confounder)
                .put(plaintext)
                .array();
        byte[] ciphertext = run(
                input.length == 16
                        // CTS of a single block is CBC of it, which that class leaves to its caller.
                        ? new DefaultBufferedBlockCipher(CBCBlockCipher.newInstance(AESEngine.newInstance()))
                        : new CTSBlockCipher(CBCBlockCipher.newInstance(AESEngine.newInstance())),
                ke,
                new byte[16],
                input);
        byte[] mac = hmac(
                ki,
                ByteBuffer.allocate(16 + ciphertext.length)
                        .position(16)
                        .put(ciphertext)
                        .array());
        return ByteBuffer.allocate(ciphertext.length + 24)
                .put(ciphertext)
                .put(mac, 0, 24)
                .array();
    }

    private static byte[] label(int usage, int octet, int bits) {
        return ByteBuffer.allocate(14)
                .putInt(1)
                .putInt(usage)
                .put((byte) octet)
                .put((byte) 0)
                .putInt(bits)
                .array();
    }

    private static byte[] hmac(byte[] key, byte[] data) {
        HMac mac = new HMac(new SHA384Digest());
        mac.init(new KeyParameter(key));
        mac.update(data, 0, data.length);
        byte[] out = new byte[48];
        mac.doFinal(out, 0);
        return out;
    }
}
