package org.msgr2.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.testing.ByteMutator;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.Capture;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.testing.FuzzRuns;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.handshake.Handshake.Status;

/**
 * Either end against mutants of the recorded handshakes of Ceph, with method NONE and with an authentication of more
 * rounds. Whatever comes, a handshake goes on, is done, or throws a {@link ProtocolException}; it keeps no buffer and
 * answers no more than its limits say.
 *
 * <p>{@code -Dmsgr2.fuzz.seed=N} repeats a run, {@code -Dmsgr2.fuzz.handshakes=N} sets its length. A mutant depends on the
 * seed and on its own number only.
 */
class HandshakeFuzzTest {
    private static final long HANDSHAKES = FuzzRuns.of("msgr2.fuzz.handshakes", 25_000);
    private static final int FRAME_OVERHEAD_BYTES = 36;

    /** So many frames are answered at most, none of them larger than a HELLO with its overhead. */
    private static final int SENT_BYTES_MAX = 20 * 128;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final long seed = Long.getLong("msgr2.fuzz.seed", new SecureRandom().nextLong());
    /** Even ones come from connectors, odd ones from acceptors. */
    private final List<List<byte[]>> streams = new ArrayList<>();

    private final Map<String, Long> ends = new TreeMap<>();
    private final Map<FaultKind, Long> faults = new TreeMap<>();

    /** One direction of each recorded handshake, as pieces: the banner, then frames up to the signature. */
    private void collect() {
        for (Capture capture : CephVectors.ofMode("crc").toList()) {
            for (String dir : List.of("C->S", "S->C")) {
                List<byte[]> pieces = new ArrayList<>();
                for (RecordedFrame frame : capture.frames(dir)) {
                    if (frame.tag().equals("AUTH_SIGNATURE")) {
                        // Ours has no key: with the zeros that it wants the stream can come to its end.
                        pieces.add(
                                RawFrame.of(Revision.MSGR2_1, 7, new byte[32]).bytes());
                        break;
                    }
                    pieces.add(frame.wire());
                }
                streams.add(pieces);
            }
        }
    }

    @Test
    @Timeout(120)
    @Scenario("F29")
    void survivesMutantsOfRealHandshakes() {
        collect();
        System.out.printf("msgr2.fuzz.seed=%d msgr2.fuzz.handshakes=%d%n", seed, HANDSHAKES);
        for (long number = 0; number < HANDSHAKES; number++) {
            SplittableRandom random = new SplittableRandom(seed + number * 0x9e37_79b9_7f4a_7c15L);
            int stream = random.nextInt(streams.size());
            byte[] mutant = mutant(streams.get(stream), random);
            // One in eight reaches the end that it was not meant for.
            boolean connecting = (stream % 2 == 1) ^ (random.nextInt(8) == 0);
            try {
                survive(connecting, mutant, random);
                assertThat(leaks.heldBytes()).as("bytes still held").isZero();
            } catch (ProtocolException | RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ", handshake " + number + ": "
                                + HexFormat.of().formatHex(mutant),
                        e);
            }
        }
        System.out.println("ended " + ends + ", faults " + faults);
        // A fuzzer that gets no further than the banner tests the banner only.
        for (String end : List.of(
                "done",
                "pending",
                "the banner",
                "HELLO",
                "AUTH_REQUEST",
                "the answer to AUTH_REQUEST",
                "AUTH_SIGNATURE",
                "fault at the banner",
                "fault at HELLO",
                "fault at AUTH_REQUEST",
                "fault at the answer to AUTH_REQUEST",
                "fault at AUTH_SIGNATURE")) {
            assertThat(ends.getOrDefault(end, 0L)).as(end).isGreaterThan(HANDSHAKES / 500);
        }
        for (FaultKind kind : List.of(
                FaultKind.MALFORMED, FaultKind.INTEGRITY, FaultKind.SEQUENCE, FaultKind.LIMIT, FaultKind.AUTH)) {
            assertThat(faults.getOrDefault(kind, 0L)).as(kind.name()).isGreaterThan(HANDSHAKES / 500);
        }
    }

    private byte[] mutant(List<byte[]> stream, SplittableRandom random) {
        ByteMutator mutator = new ByteMutator(random);
        List<byte[]> pieces = new ArrayList<>(stream);
        for (int changes = random.nextInt(4); changes > 0 && !pieces.isEmpty(); changes--) {
            int i = random.nextInt(pieces.size());
            byte[] other = pick(pick(streams, random), random);
            switch (random.nextInt(10)) {
                case 0 -> pieces.remove(i);
                case 1 -> pieces.add(i, other);
                case 2 -> pieces.add(i, pieces.get(i));
                case 3, 4 -> pieces.set(i, mutator.mutate(pieces.get(i), other));
                case 5, 6 -> {
                    byte[] changed = mutator.mutate(pieces.get(i), other);
                    RawFrame.sealCrcs(Revision.MSGR2_1, changed);
                    pieces.set(i, changed);
                }
                default -> pieces.set(i, withOtherFields(pieces.get(i), other, mutator));
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        pieces.forEach(bytes::writeBytes);
        return random.nextInt(8) == 0
                ? Arrays.copyOf(bytes.toByteArray(), random.nextInt(bytes.size() + 1))
                : bytes.toByteArray();
    }

    /** A frame of good layout with bad contents. */
    private static byte[] withOtherFields(byte[] frame, byte[] other, ByteMutator mutator) {
        if (frame.length <= FRAME_OVERHEAD_BYTES || frame[0] == 'c') {
            return mutator.mutate(frame, other);
        }
        byte[] fields = Arrays.copyOfRange(frame, 32, frame.length - 4);
        return RawFrame.of(Revision.MSGR2_1, frame[0] & 0xff, mutator.mutate(fields, other))
                .bytes();
    }

    private static <T> T pick(List<T> from, SplittableRandom random) {
        return from.get(random.nextInt(from.size()));
    }

    private void survive(boolean connecting, byte[] mutant, SplittableRandom random) throws ProtocolException {
        ScriptedAuth script = new ScriptedAuth().rounds(random.nextInt(3)).refusals(random.nextInt(8) == 0 ? 1 : 0);
        boolean late = random.nextInt(4) == 0;
        AuthProvider auth =
                random.nextInt(3) == 0 ? new NoneAuth(EntityName.parse("client.fuzz")) : late ? script.late() : script;
        HandshakeConfig config = HandshakeEnd.config(EntityType.MON, auth, leaks.allocator());
        int chunkMax = 1 << random.nextInt(12);
        try (HandshakeEnd end = connecting
                ? HandshakeEnd.connecting(config, HandshakeFixture.TARGET, EntityType.ANY)
                : HandshakeEnd.accepting(config, HandshakeFixture.REMOTE)) {
            String how;
            try {
                for (int at = 0; at < mutant.length; ) {
                    int size = Math.min(mutant.length - at, random.nextInt(1, chunkMax + 1));
                    end.feed(Arrays.copyOfRange(mutant, at, at + size));
                    at += size;
                    if (end.status() == Status.PENDING && random.nextInt(8) != 0) {
                        script.answer();
                        end.resume();
                    }
                }
                how = switch (end.status()) {
                    case DONE -> "done";
                    case PENDING -> "pending";
                    case NEED_BYTES -> end.handshake().waitingFor();
                };
            } catch (ProtocolException e) {
                how = "fault at " + end.handshake().waitingFor();
                faults.merge(e.kind(), 1L, Long::sum);
                if (e.getMessage().isEmpty()) {
                    throw new AssertionError("a fault without a word", e);
                }
            }
            ends.merge(how, 1L, Long::sum);
            assertThat(end.sent().length).as("bytes sent").isLessThan(SENT_BYTES_MAX);
        }
    }

    @Test
    void aBrokenHandshakeIsNotRepairedByMoreBytes() throws ProtocolException {
        // What a driver never does must not do harm either: go on after a fault.
        collect();
        HandshakeConfig config =
                HandshakeEnd.config(EntityType.MON, new NoneAuth(EntityName.parse("mon.a")), leaks.allocator());
        try (HandshakeEnd end = HandshakeEnd.accepting(config, HandshakeFixture.REMOTE)) {
            byte[] garbage = new byte[26];
            assertThatThrownBy(() -> end.feed(garbage)).isInstanceOf(ProtocolException.class);
            for (byte[] piece : streams.get(0)) {
                assertThatThrownBy(() -> end.feed(piece)).isInstanceOf(ProtocolException.class);
            }
        }
    }
}
