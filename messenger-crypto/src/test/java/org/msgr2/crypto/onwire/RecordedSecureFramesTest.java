package org.msgr2.crypto.onwire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.FrameCipher;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;

/** What Ceph 16.2.15 encrypted, in both directions: decrypted, and encrypted again to the same bytes. */
class RecordedSecureFramesTest {
    private static final int CAPTURES = 5;
    private static final int FRAMES = 79;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /**
     * One direction of a recorded connection.
     *
     * @param fromAcceptor who sent it
     * @param frames those in secure mode
     */
    record Direction(String name, Opaque secret, boolean fromAcceptor, List<JsonNode> frames) {
        AesGcmFrameCipher cipher(NonceCounter nonces, AeadProvider provider) {
            return new AesGcmFrameCipher(provider.create(Arrays.copyOf(secret.toByteArray(), 16)), nonces);
        }

        NonceCounter nonces() {
            int at = fromAcceptor ? 16 : 28;
            return new NonceCounter(Revision.MSGR2_1, Arrays.copyOfRange(secret.toByteArray(), at, at + 12));
        }

        @Override
        public String toString() {
            return name + (fromAcceptor ? " S->C" : " C->S");
        }
    }

    static Stream<Direction> captures() {
        return CephVectors.ofMode("secure")
                .flatMap(capture -> Stream.of(
                        direction(
                                capture.name(),
                                capture.json().at("/secrets/connection_secret"),
                                capture.json().withArray("frames"),
                                "S->C"),
                        direction(
                                capture.name(),
                                capture.json().at("/secrets/connection_secret"),
                                capture.json().withArray("frames"),
                                "C->S")));
    }

    static Stream<Direction> primitives() {
        JsonNode all = CephVectors.json("ceph/z_cephx_primitives.json");
        return Stream.of("real_mon_secure_handshake", "real_osd_secure_handshake")
                .flatMap(name -> Stream.of("S", "C")
                        .map(dir -> direction(
                                name,
                                all.get(name).get("connection_secret"),
                                all.get(name).withArray("first_secure_frames"),
                                dir)));
    }

    static Stream<Direction> directions() {
        return Stream.concat(captures(), primitives());
    }

    private static Direction direction(String name, JsonNode secret, ArrayNode frames, String dir) {
        List<JsonNode> secure = new ArrayList<>();
        for (JsonNode frame : frames) {
            if (frame.has("plain_preamble") && frame.get("dir").asText().equals(dir)) {
                secure.add(frame);
            }
        }
        return new Direction(
                name, Opaque.copyOf(HexFormat.of().parseHex(secret.asText())), dir.startsWith("S"), secure);
    }

    @Test
    void knowsHowMuchThereIs() {
        assertThat(captures()).hasSize(2 * CAPTURES);
        assertThat(captures().mapToInt(direction -> direction.frames().size()).sum())
                .isEqualTo(FRAMES);
        assertThat(primitives().mapToInt(direction -> direction.frames().size()).sum())
                .isEqualTo(20);
    }

    /** The secret gives each end the same ciphers as its halves give us here. */
    @ParameterizedTest
    @MethodSource("directions")
    void cutsTheSecretAsCeph(Direction direction) throws ProtocolException {
        ConnectionSecret secret = ConnectionSecret.of(direction.secret());
        byte[] wire = wire(direction.frames().get(0));
        try (FrameCipher cipher = direction.fromAcceptor()
                ? secret.towardsConnector(Revision.MSGR2_1, AeadProvider.preferred())
                : secret.towardsAcceptor(Revision.MSGR2_1, AeadProvider.preferred())) {
            ByteBuf plain = leaks.allocator().buffer();
            cipher.open(Unpooled.wrappedBuffer(wire, 0, 96), plain);
            assertThat(ByteBufUtil.hexDump(plain))
                    .startsWith(direction.frames().get(0).get("plain_preamble").asText());
            plain.release();
        }
    }

    @Scenario("F19")
    @ParameterizedTest
    @MethodSource("directions")
    void decryptsAndEncryptsEveryBlock(Direction direction) throws ProtocolException {
        for (AeadProvider provider : AeadTest.providers().toList()) {
            for (boolean direct : new boolean[] {false, true}) {
                check(direction, provider, direct);
            }
        }
    }

    private void check(Direction direction, AeadProvider provider, boolean direct) throws ProtocolException {
        NonceCounter received = direction.nonces();
        NonceCounter sent = direction.nonces();
        try (AesGcmFrameCipher opener = direction.cipher(received, provider);
                AesGcmFrameCipher sealer = direction.cipher(sent, provider)) {
            for (JsonNode frame : direction.frames()) {
                SecureBlocks blocks = SecureBlocks.recorded(frame);
                byte[] wire = wire(frame);
                int at = 0;
                for (byte[] plain : blocks.plain()) {
                    byte[] sealed = Arrays.copyOfRange(wire, at, at + plain.length + FrameCipher.TAG_BYTES);
                    assertThat(run(opener::open, sealed, direct)).isEqualTo(plain);
                    assertThat(run(sealer::seal, plain, direct)).isEqualTo(sealed);
                    at += sealed.length;
                }
                int missing = blocks.operations() - blocks.plain().size();
                assertThat(missing == 0 ? at : frame.path("wire_len").asInt(Integer.MAX_VALUE))
                        .isGreaterThanOrEqualTo(wire.length);
                received.skip(missing);
                sent.skip(missing);
            }
        }
    }

    private interface Operation {
        void run(ByteBuf in, ByteBuf out) throws ProtocolException;
    }

    private byte[] run(Operation operation, byte[] in, boolean direct) throws ProtocolException {
        ByteBuf source = buffer(direct).writeBytes(in);
        ByteBuf target = buffer(!direct).writeByte(7);
        try {
            operation.run(source, target);
            assertThat(target.readByte()).isEqualTo((byte) 7);
            return ByteBufUtil.getBytes(target);
        } finally {
            source.release();
            target.release();
        }
    }

    private ByteBuf buffer(boolean direct) {
        return direct ? leaks.allocator().directBuffer() : leaks.allocator().heapBuffer();
    }

    private static byte[] wire(JsonNode frame) {
        return HexFormat.of().parseHex(frame.get("wire").asText());
    }
}
