package org.msgr2.core.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.testing.ByteMutator;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.testing.FrameFeed;
import org.msgr2.core.testing.FuzzRuns;
import org.msgr2.core.testing.JceFrameCipher;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.RawSecureFrame;
import org.msgr2.core.wire.Limits;

/**
 * Decoders of secure mode, both revisions, against mutants of frames that Ceph encrypted: mutants of the plaintext under a
 * valid tag, as a peer that has the keys can send, and mutants of the ciphertext, as anybody can. The former end in frames or
 * faults, the latter in faults; no buffer is kept and none is larger than the bounds say.
 *
 * <p>{@code -Dmsgr2.fuzz.seed=N} repeats a run, {@code -Dmsgr2.fuzz.mutations=N} sets its length.
 */
class SecureFrameFuzzTest {
    private static final long MUTATIONS = FuzzRuns.of("msgr2.fuzz.mutations", 25_000);
    private static final byte[] FOREIGN_KEY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
    private static final Limits LIMITS = limits();
    private static final long HELD_BYTES_MAX = 3L * (LIMITS.frames().messageBytesMax() + 1024);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final long seed = Long.getLong("msgr2.fuzz.seed", new SecureRandom().nextLong());
    private long intact;
    private long refused;

    /** Payload bounds are small, since an admitted payload is allocated at once. */
    private static Limits limits() {
        Limits defaults = Limits.defaults();
        return defaults.withFrames(
                new Limits.Frames(defaults.frames().controlBytesMax(), 256, 4096, 2048, 4096, 6144, 32, 64));
    }

    private static JceFrameCipher cipher(Revision revision) {
        return new JceFrameCipher(revision, new byte[16], new byte[12]);
    }

    private FrameDecoder decoder(Revision revision) {
        FrameBounds bounds = FrameBounds.session(LIMITS);
        return revision == Revision.MSGR2_1
                ? new SecureFrameDecoder(cipher(revision), LIMITS, bounds, leaks.allocator())
                : new SecureRev0FrameDecoder(cipher(revision), LIMITS, bounds, leaks.allocator());
    }

    /** The segments of what was recorded in full, the preamble first. */
    private static List<byte[][]> samples() {
        return CephVectors.ofMode("secure")
                .flatMap(capture -> capture.frames().stream())
                .filter(frame -> frame.json().has("plain_preamble") && !frame.truncated())
                .map(SecureFrameFuzzTest::parts)
                .toList();
    }

    private static byte[][] parts(RecordedFrame frame) {
        byte[] preamble =
                HexFormat.of().parseHex(frame.json().get("plain_preamble").asText());
        byte[][] parts = new byte[1 + preamble[1]][];
        parts[0] = preamble;
        for (int i = 1; i < parts.length; i++) {
            parts[i] = HexFormat.of()
                    .parseHex(frame.json().get("plain_segments").get(i - 1).asText());
        }
        return parts;
    }

    @Test
    void survivesMutants() {
        System.out.printf("msgr2.fuzz.seed=%d msgr2.fuzz.mutations=%d%n", seed, MUTATIONS);
        List<byte[][]> samples = samples();
        assertThat(samples).hasSize(74);
        for (long number = 0; number < MUTATIONS; number++) {
            SplittableRandom random = new SplittableRandom(seed + number * 0x9e37_79b9_7f4a_7c15L);
            try {
                one(random, samples);
            } catch (ProtocolException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", mutant " + number, e);
            }
        }
        assertThat(intact).isGreaterThan(MUTATIONS / 10);
        assertThat(refused).isGreaterThan(MUTATIONS / 3);
    }

    private void one(SplittableRandom random, List<byte[][]> samples) throws ProtocolException {
        Revision revision = Revision.values()[random.nextInt(2)];
        byte[][] sample = samples.get(random.nextInt(samples.size()));
        byte[][] other = samples.get(random.nextInt(samples.size()));
        ByteMutator mutator = new ByteMutator(random);
        boolean onTheWire = random.nextInt(3) == 0;
        byte[] wire = onTheWire
                ? mutantOfCiphertext(revision, random, mutator, sample, other)
                : sealed(revision, mutantOfPlaintext(revision, random, mutator, sample, other));
        long before = intact;
        try (FrameDecoder decoder = decoder(revision)) {
            int chunk = 1 + random.nextInt(600);
            FrameFeed.chunks(decoder, wire, () -> chunk, frame -> {
                intact++;
                assertThat(leaks.heldBytes()).isLessThanOrEqualTo(HELD_BYTES_MAX);
                if (frame.tag().isControl()) {
                    frame.toControl(LIMITS);
                } else {
                    frame.toMessage().release();
                }
            });
        } catch (ProtocolException e) {
            refused++;
            assertThat(e.getMessage()).isNotEmpty();
        }
        if (onTheWire) {
            assertThat(intact).as("frames handed on").isEqualTo(before);
        }
        assertThat(leaks.heldBytes()).as("bytes still held").isZero();
    }

    private static byte[] mutantOfCiphertext(
            Revision revision, SplittableRandom random, ByteMutator mutator, byte[][] sample, byte[][] other)
            throws ProtocolException {
        byte[] honest = sealed(revision, frame(revision, sample));
        // Under another key: with one key and one nonce for two frames, parts of both would make a valid third.
        byte[] foreign = sealed(new JceFrameCipher(revision, FOREIGN_KEY, new byte[12]), frame(revision, other));
        byte[] mutant = mutator.mutate(honest, foreign);
        if (revision == Revision.MSGR2_0 && random.nextBoolean()) {
            forgeLengths(random, sample, mutant);
        }
        // A mutant that begins with the whole honest frame would be taken, and rightly.
        boolean unchanged =
                mutant.length >= honest.length && Arrays.equals(honest, Arrays.copyOf(mutant, honest.length));
        return unchanged ? new byte[] {1} : mutant;
    }

    /** Who knows a preamble can change its lengths under the cipher of msgr2.0, crc and all. */
    private static void forgeLengths(SplittableRandom random, byte[][] sample, byte[] mutant) {
        RawFrame lying = RawFrame.of(Revision.MSGR2_0, sample[0][0], segments(sample));
        byte[] known = lying.preamble();
        lying.length(random.nextInt(4), random.nextInt(1 << random.nextInt(1, 31)));
        byte[] wanted = lying.preamble();
        for (int i = 0; i < Math.min(32, mutant.length); i++) {
            mutant[i] ^= (byte) (known[i] ^ wanted[i]);
        }
    }

    private static RawSecureFrame mutantOfPlaintext(
            Revision revision, SplittableRandom random, ByteMutator mutator, byte[][] sample, byte[][] other) {
        byte[][] segments = segments(sample);
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            int i = random.nextInt(segments.length);
            segments[i] = mutator.mutate(segments[i], other[1 + random.nextInt(other.length - 1)]);
        }
        RawFrame preamble = RawFrame.of(revision, random.nextInt(8) == 0 ? other[0][0] : sample[0][0], segments);
        if (random.nextInt(4) == 0) {
            preamble.length(random.nextInt(4), random.nextInt());
        }
        if (random.nextInt(8) == 0) {
            preamble.segments(random.nextInt(256));
        }
        if (random.nextInt(16) == 0) {
            preamble.corruptPreambleCrc(random.nextInt());
        }
        RawSecureFrame frame = RawSecureFrame.of(revision, preamble, segments).padding(random.nextInt(256));
        return random.nextInt(8) == 0 ? frame.lateStatus(random.nextInt(256)) : frame;
    }

    private static RawSecureFrame frame(Revision revision, byte[][] sample) {
        return RawSecureFrame.of(revision, sample[0][0], segments(sample));
    }

    private static byte[][] segments(byte[][] sample) {
        return Arrays.copyOfRange(sample, 1, sample.length);
    }

    private static byte[] sealed(Revision revision, RawSecureFrame frame) throws ProtocolException {
        return sealed(cipher(revision), frame);
    }

    private static byte[] sealed(JceFrameCipher cipher, RawSecureFrame frame) throws ProtocolException {
        ByteBuf sealed = Unpooled.buffer();
        for (byte[] block : frame.blocks()) {
            cipher.seal(Unpooled.wrappedBuffer(block), sealed);
        }
        return ByteBufUtil.getBytes(sealed);
    }
}
