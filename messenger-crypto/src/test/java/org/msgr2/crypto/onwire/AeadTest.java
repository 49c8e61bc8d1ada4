package org.msgr2.crypto.onwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.security.Security;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every implementation that is here, against Bouncy Castle and against damage. */
class AeadTest {
    /** Around the block, around the pieces that sealing is cut to, around where opening changes its way. */
    private static final int[] LENGTHS = {
        0, 1, 15, 16, 17, 48, 80, 1000, 4095, 4096, 4097, 8192, 8193, 65_519, 65_520, 65_521, 65_536, 65_537, 300_001
    };

    private final SplittableRandom random = new SplittableRandom(38);

    static Stream<AeadProvider> providers() {
        return Stream.concat(Stream.of(AeadProvider.jdk()), AeadProvider.corretto().stream());
    }

    @Test
    void saysWhoseItIs() {
        assertThat(AeadProvider.jdk())
                .hasToString("AES-128-GCM by the JDK " + Runtime.version().feature());
        AeadProvider.corretto().ifPresent(corretto -> {
            assertThat(corretto.description()).startsWith("AES-128-GCM by AmazonCorrettoCryptoProvider 2.");
            assertThat(AeadProvider.preferred()).isSameAs(corretto);
        });
    }

    /** Amazon's is for frames only: the rest of the process keeps what it had. */
    @Test
    void installsNothing() {
        AeadProvider.preferred().create(new byte[16]).close();
        assertThat(Security.getProviders())
                .noneMatch(provider -> provider.getName().contains("Corretto"));
    }

    @ParameterizedTest
    @MethodSource("providers")
    void sealsAndOpensAsBouncyCastle(AeadProvider provider) throws Exception {
        byte[] key = randomBytes(16);
        try (Aead sealer = provider.create(key);
                Aead opener = provider.create(key)) {
            for (int i = 0; i < 400; i++) {
                byte[] nonce = randomBytes(12);
                byte[] plain = randomBytes(i < LENGTHS.length ? LENGTHS[i] : random.nextInt(5000));
                byte[] expected = bouncyCastle(key, nonce, plain);
                check(sealer, opener, nonce, plain, expected);
            }
        }
    }

    /** In the midst of larger arrays, whose other bytes have to stay. */
    private void check(Aead sealer, Aead opener, byte[] nonce, byte[] plain, byte[] expected)
            throws AEADBadTagException {
        int before = random.nextInt(20);
        int after = random.nextInt(20);
        byte[] in = framed(plain, before, after);
        byte[] sealed = framed(new byte[expected.length], after, before);
        sealer.seal(nonce, in, before, plain.length, sealed, after);
        assertThat(sealed).isEqualTo(framed(expected, after, before));
        assertThat(in).isEqualTo(framed(plain, before, after));

        byte[] opened = framed(new byte[plain.length], before, after);
        opener.open(nonce, sealed, after, expected.length, opened, before);
        assertThat(opened).isEqualTo(in);
    }

    /** Bytes with others around them. */
    private static byte[] framed(byte[] bytes, int before, int after) {
        byte[] framed = new byte[before + bytes.length + after];
        Arrays.fill(framed, (byte) 0x5a);
        System.arraycopy(bytes, 0, framed, before, bytes.length);
        return framed;
    }

    /** As two buffers of Netty's pool are, one behind the other or the other way round. */
    @ParameterizedTest
    @MethodSource("providers")
    void worksWithinOneArray(AeadProvider provider) throws AEADBadTagException {
        byte[] key = randomBytes(16);
        try (Aead sealer = provider.create(key);
                Aead opener = provider.create(key)) {
            for (int length : LENGTHS) {
                byte[] plain = randomBytes(length);
                for (boolean inFirst : new boolean[] {true, false}) {
                    byte[] nonce = randomBytes(12);
                    byte[] expected = bouncyCastle(key, nonce, plain);
                    byte[] all = new byte[3 * (length + 16)];
                    int in = inFirst ? 0 : length + 16;
                    int out = inFirst ? length + 16 : 0;
                    int back = 2 * (length + 16);
                    System.arraycopy(plain, 0, all, in, length);
                    sealer.seal(nonce, all, in, length, all, out);
                    assertThat(Arrays.copyOfRange(all, out, out + expected.length))
                            .isEqualTo(expected);
                    opener.open(nonce, all, out, expected.length, all, back);
                    assertThat(Arrays.copyOfRange(all, back, back + length)).isEqualTo(plain);
                }
            }
        }
    }

    /** Whatever the size of the pool's array that they are parts of. */
    @ParameterizedTest
    @MethodSource("providers")
    void allocatesLittleForSmallBlocks(AeadProvider provider) throws AEADBadTagException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] all = new byte[4 << 20];
        byte[] nonce = new byte[12];
        try (Aead sealer = provider.create(new byte[16]);
                Aead opener = provider.create(new byte[16])) {
            long before = 0;
            for (int i = 0; i < 200; i++) {
                if (i == 100) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                nonce[4]++;
                sealer.seal(nonce, all, 0, 80, all, 100);
                opener.open(nonce, all, 100, 96, all, 200);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100 * 16 * 1024);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void handsNothingOutWhenTheTagDoesNotHold(AeadProvider provider) {
        byte[] key = randomBytes(16);
        byte[] nonce = randomBytes(12);
        for (int length : LENGTHS) {
            byte[] plain = new byte[length];
            Arrays.fill(plain, (byte) 0x77);
            byte[] sealed = bouncyCastle(key, nonce, plain);
            for (int change = 0; change < 6; change++) {
                byte[] changed = sealed.clone();
                int at = change < 3 ? random.nextInt(changed.length) : changed.length - 1 - random.nextInt(16);
                changed[at] ^= (byte) (1 << random.nextInt(8));
                refuses(provider, key, nonce, changed, length);
            }
            refuses(provider, key, nonce, Arrays.copyOf(sealed, sealed.length - 1), Math.max(0, length - 1));
            refuses(provider, key, nonce, Arrays.copyOf(sealed, sealed.length + 1), length + 1);
            refuses(provider, key, randomBytes(12), sealed, length);
            refuses(provider, randomBytes(16), nonce, sealed, length);
        }
    }

    private static void refuses(AeadProvider provider, byte[] key, byte[] nonce, byte[] sealed, int length) {
        byte[] out = framed(new byte[length], 3, 3);
        try (Aead aead = provider.create(key)) {
            assertThatThrownBy(() -> aead.open(nonce, sealed, 0, sealed.length, out, 3))
                    .isInstanceOf(AEADBadTagException.class);
        }
        assertThat(out).isEqualTo(framed(new byte[length], 3, 3));
    }

    @ParameterizedTest
    @MethodSource("providers")
    void refusesWhatIsShorterThanATag(AeadProvider provider) {
        try (Aead aead = provider.create(new byte[16])) {
            for (int length = 0; length < 16; length++) {
                byte[] sealed = new byte[length];
                assertThatThrownBy(() -> aead.open(new byte[12], sealed, 0, sealed.length, new byte[16], 0))
                        .isInstanceOf(AEADBadTagException.class);
            }
        }
    }

    /** One that failed can be used for another nonce: the frame cipher decides that the connection is lost, not this. */
    @ParameterizedTest
    @MethodSource("providers")
    void goesOnAfterABadTag(AeadProvider provider) throws AEADBadTagException {
        byte[] key = randomBytes(16);
        byte[] nonce = randomBytes(12);
        byte[] plain = randomBytes(100);
        byte[] sealed = bouncyCastle(key, nonce, plain);
        try (Aead aead = provider.create(key)) {
            assertThatThrownBy(() -> aead.open(new byte[12], sealed, 0, sealed.length, new byte[100], 0))
                    .isInstanceOf(AEADBadTagException.class);
            byte[] out = new byte[100];
            aead.open(nonce, sealed, 0, sealed.length, out, 0);
            assertThat(out).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void isOfNoUseOnceClosed(AeadProvider provider) {
        Aead aead = provider.create(new byte[16]);
        aead.close();
        assertThatCode(aead::close).doesNotThrowAnyException();
        assertThatThrownBy(() -> aead.seal(new byte[12], new byte[1], 0, 1, new byte[17], 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the cipher is closed");
        assertThatThrownBy(() -> aead.open(new byte[12], new byte[17], 0, 17, new byte[1], 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void refusesKeysOfAnotherLength(AeadProvider provider) {
        for (int length : new int[] {0, 15, 17, 32}) {
            assertThatThrownBy(() -> provider.create(new byte[length]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a key has 16 bytes, not " + length);
        }
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] bouncyCastle(byte[] key, byte[] nonce, byte[] plain) {
        GCMModeCipher cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());
        cipher.init(true, new AEADParameters(new KeyParameter(key), 128, nonce));
        byte[] out = new byte[plain.length + 16];
        int written = cipher.processBytes(plain, 0, plain.length, out, 0);
        try {
            cipher.doFinal(out, written);
        } catch (InvalidCipherTextException e) {
            throw new AssertionError(e);
        }
        return out;
    }
}
