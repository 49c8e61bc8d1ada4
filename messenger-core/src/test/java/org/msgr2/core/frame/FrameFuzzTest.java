package org.msgr2.core.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBufUtil;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.testing.ByteMutator;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.FrameFeed;
import org.msgr2.core.testing.FuzzRuns;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.wire.Limits;

/**
 * Decoders against mutants of recorded frames, in both revisions, before and after READY. Whatever comes, a decoder
 * answers with frames or with a {@link ProtocolException}, keeps no buffer, and takes no more memory than its limits
 * say.
 *
 * <p>{@code -Dmsgr2.fuzz.seed=N} repeats a run, {@code -Dmsgr2.fuzz.mutations=N} sets its length. A mutant depends on
 * the seed and on its own number only.
 */
class FrameFuzzTest {
    private static final long MUTATIONS = FuzzRuns.of("msgr2.fuzz.mutations", 250_000);
    private static final long WARM_UP = 20_000;

    /**
     * Payload bounds are small, since an admitted payload is allocated at once; those of control frames are the real
     * ones, so that there is room for lengths that lie.
     */
    private static final Limits LIMITS = limits();

    /** What the allocator may have handed out at once: the payload of one admitted message. */
    private static final long HELD_BYTES_MAX = LIMITS.frames().messageBytesMax();

    /**
     * What one mutant may allocate on the heap, payload buffers aside, which {@link #HELD_BYTES_MAX} bounds: a decoder
     * and the exceptions of a refusal with their traces, which do not depend on the input, and a multiple of the bytes
     * that were really sent, for the first segment (whose buffer doubles as it fills) and the objects made of its
     * fields. A length or a count that is believed before its bytes are there breaks this at once.
     */
    private static final long HEAP_BYTES_FIXED = 8 * 1024;

    private static final long HEAP_BYTES_PER_BYTE = 16;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final long seed = Long.getLong("msgr2.fuzz.seed", new SecureRandom().nextLong());
    private final List<List<Sample>> recorded = new ArrayList<>();
    private final List<List<Sample>> composed = new ArrayList<>();
    private long accepted;
    private long intact;
    private long decoded;
    private long heldMost;
    private long heapMost;

    /** A frame to start from, as bytes and in parts. */
    private record Sample(int tag, byte[] bytes, byte[][] segments) {}

    private static Limits limits() {
        Limits defaults = Limits.defaults();
        return defaults.withFrames(
                new Limits.Frames(defaults.frames().controlBytesMax(), 256, 4096, 2048, 4096, 6144, 32, 64));
    }

    @BeforeEach
    void collectSamples() throws ProtocolException {
        for (Revision revision : Revision.values()) {
            List<Sample> seen = new ArrayList<>();
            for (RecordedFrame frame : CephVectors.ofMode("crc")
                    .flatMap(capture -> capture.frames().stream())
                    .filter(frame -> !frame.truncated() && !frame.isBanner())
                    .toList()) {
                seen.add(sample(revision, frame.wire()));
            }
            recorded.add(seen);
            List<Sample> ofEveryTag = new ArrayList<>();
            for (ControlFrame frame : ControlFrameTest.frames().toList()) {
                ofEveryTag.add(sample(revision, FrameBytes.of(new CrcFrameEncoder(Revision.MSGR2_1), frame)));
            }
            composed.add(ofEveryTag);
        }
    }

    /** @param bytes of msgr2.1 */
    private Sample sample(Revision revision, byte[] bytes) throws ProtocolException {
        List<Sample> found = new ArrayList<>();
        try (FrameDecoder decoder =
                new CrcFrameDecoder(Revision.MSGR2_1, LIMITS, FrameBounds.session(LIMITS), leaks.allocator())) {
            FrameFeed.whole(decoder, bytes, frame -> {
                byte[][] segments = new byte[frame.preamble().segments()][];
                segments[0] = ByteBufUtil.getBytes(frame.first());
                if (!frame.tag().isControl()) {
                    Message message = frame.toMessage();
                    for (int i = 1; i < segments.length; i++) {
                        segments[i] = ByteBufUtil.getBytes(
                                i == 1 ? message.front() : i == 2 ? message.middle() : message.data());
                    }
                    message.release();
                }
                int tag = frame.tag().code();
                found.add(new Sample(tag, RawFrame.of(revision, tag, segments).bytes(), segments));
            });
        }
        return found.get(0);
    }

    @Test
    void survivesMutantsOfRealFrames() throws Exception {
        assertThat(THREADS.isThreadAllocatedMemoryEnabled()).isTrue();
        System.out.printf("msgr2.fuzz.seed=%d msgr2.fuzz.mutations=%d%n", seed, MUTATIONS);
        // On a thread of its own: a test's stack is deep, and the traces of a million exceptions are what takes the
        // time.
        FutureTask<Void> run = new FutureTask<>(this::run, null);
        Thread thread = new Thread(run, "fuzz");
        thread.start();
        run.get();
        System.out.printf(
                "accepted preambles %d, intact frames %d, decoded %d; most bytes held %d, most heap per mutant %d%n",
                accepted, intact, decoded, heldMost, heapMost);
        // A fuzzer whose mutants all die at the door tests the door only.
        assertThat(accepted).isGreaterThan(MUTATIONS / 2);
        assertThat(intact).isGreaterThan(MUTATIONS / 3);
        assertThat(decoded).isBetween(MUTATIONS / 10, intact - MUTATIONS / 20);
        assertThat(heldMost).isBetween(1L, HELD_BYTES_MAX);
    }

    private void run() {
        for (long number = 0; number < MUTATIONS; number++) {
            byte[] mutant = new byte[0];
            try {
                SplittableRandom random = new SplittableRandom(seed + number * 0x9e37_79b9_7f4a_7c15L);
                Revision revision = Revision.values()[random.nextInt(2)];
                boolean ready = random.nextInt(4) != 0;
                mutant = mutant(revision, random);
                long chunkSeed = random.nextBoolean() ? random.nextLong() | 1 : 0;
                long heap = survive(revision, ready, mutant, chunkSeed);
                long max = HEAP_BYTES_FIXED + HEAP_BYTES_PER_BYTE * mutant.length;
                if (heap > max) {
                    // The first time that a piece of code runs it also pays for being loaded and linked.
                    heap = survive(revision, ready, mutant, chunkSeed);
                }
                if (number >= WARM_UP) {
                    heapMost = Math.max(heapMost, heap);
                    assertThat(heap).as("heap bytes").isLessThanOrEqualTo(max);
                }
                assertThat(leaks.heldBytes()).as("bytes still held").isZero();
            } catch (ProtocolException | RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ", mutant " + number + ": "
                                + HexFormat.of().formatHex(mutant),
                        e);
            }
        }
    }

    private byte[] mutant(Revision revision, SplittableRandom random) {
        Sample sample = sample(revision, random);
        Sample other = sample(revision, random);
        ByteMutator mutator = new ByteMutator(random);
        return random.nextInt(3) == 0
                ? mutantOfBytes(revision, random, mutator, sample, other)
                : mutantOfParts(revision, random, mutator, sample, other);
    }

    /** Mostly recorded frames; every third one composed, for the tags and address families that no capture contains. */
    private Sample sample(Revision revision, SplittableRandom random) {
        List<Sample> pool = (random.nextInt(3) == 0 ? composed : recorded).get(revision.ordinal());
        return pool.get(random.nextInt(pool.size()));
    }

    /** Anything may be wrong, the layout first of all; every second mutant has its crcs made right again. */
    private static byte[] mutantOfBytes(
            Revision revision, SplittableRandom random, ByteMutator mutator, Sample sample, Sample other) {
        byte[] bytes = sample.bytes();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            bytes = mutator.mutate(bytes, other.bytes());
        }
        if (random.nextBoolean()) {
            RawFrame.sealCrcs(revision, bytes);
        }
        return bytes;
    }

    /** A frame of good layout with bad contents: what gets through to the decoders of the fields. */
    private static byte[] mutantOfParts(
            Revision revision, SplittableRandom random, ByteMutator mutator, Sample sample, Sample other) {
        byte[][] segments = sample.segments().clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int i = random.nextInt(segments.length);
            byte[][] from = other.segments();
            segments[i] = mutator.mutate(segments[i], from[random.nextInt(from.length)]);
        }
        // One in eight as another frame than it was.
        RawFrame frame = RawFrame.of(revision, random.nextInt(8) == 0 ? other.tag() : sample.tag(), segments);
        if (random.nextInt(32) == 0) {
            frame.lateStatus(random.nextInt(256));
        }
        if (random.nextInt(32) == 0) {
            frame.length(random.nextInt(4), random.nextInt());
        }
        return frame.bytes();
    }

    /** @return heap bytes that it took */
    private long survive(Revision revision, boolean ready, byte[] mutant, long chunkSeed) throws ProtocolException {
        FrameBounds bounds = ready ? FrameBounds.session(LIMITS) : FrameBounds.handshake(LIMITS);
        FrameBounds counting = preamble -> {
            bounds.check(preamble);
            accepted++;
        };
        SplittableRandom chunks = new SplittableRandom(chunkSeed);
        int chunkMax = 1 << chunks.nextInt(1, 9);
        IntSupplier chunkBytes = chunkSeed == 0
                ? () -> Integer.MAX_VALUE
                : () -> {
                    heldMost = Math.max(heldMost, leaks.heldBytes());
                    return chunks.nextInt(1, chunkMax + 1);
                };
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try (FrameDecoder decoder = new CrcFrameDecoder(revision, LIMITS, counting, leaks.allocator())) {
            FrameFeed.chunks(decoder, mutant, chunkBytes, this::decode);
        } catch (ProtocolException e) {
            // What should happen to most.
            assertThatItSpeaks(e);
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private void decode(Frame frame) throws ProtocolException {
        intact++;
        heldMost = Math.max(heldMost, leaks.heldBytes());
        if (frame.tag().isControl()) {
            frame.toControl(LIMITS);
        } else {
            Message message = frame.toMessage();
            try {
                if (message.is(MessageType.MON_MAP)) {
                    MonMap.of(message, LIMITS);
                }
            } finally {
                message.release();
            }
        }
        decoded++;
    }

    private static void assertThatItSpeaks(ProtocolException e) {
        if (e.getMessage().isEmpty()) {
            throw new AssertionError("a fault without a word", e);
        }
    }
}
