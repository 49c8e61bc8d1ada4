package org.msgr2.crypto.onwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;

/** With the secret of {@code msgr2.txt}, whose bytes are 0 to 63. */
class AesGcmFrameCipherTest {
    private static final List<String> PUBLISHED = CephVectors.lines("msgr2.txt");
    private static final byte[] AUTH_SIGNATURE =
            HexFormat.of().parseHex("0701200000000800000000000000000000000000000000000000" + "0000a80c9872");

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static ConnectionSecret secret() throws ProtocolException {
        byte[] bytes = new byte[64];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return ConnectionSecret.of(Opaque.copyOf(bytes));
    }

    private static AesGcmFrameCipher cipher(Revision revision) throws ProtocolException {
        return secret().towardsAcceptor(revision, AeadProvider.preferred());
    }

    private static NonceCounter nonces(Revision revision) {
        return new NonceCounter(revision, HexFormat.of().parseHex("1c1d1e1f2021222324252627"));
    }

    private static AesGcmFrameCipher cipher(NonceCounter nonces) {
        byte[] key = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
        return new AesGcmFrameCipher(AeadProvider.preferred().create(key), nonces);
    }

    private static String published(String name) {
        return PUBLISHED.stream()
                .filter(line -> line.startsWith(name + ": "))
                .findFirst()
                .orElseThrow()
                .substring(name.length() + 2)
                .split(" ")[0];
    }

    private static String sealed(AesGcmFrameCipher cipher, SecureBlocks blocks) throws ProtocolException {
        ByteBuf out = Unpooled.buffer();
        for (byte[] block : blocks.plain()) {
            cipher.seal(Unpooled.wrappedBuffer(block), out);
        }
        return ByteBufUtil.hexDump(out);
    }

    @Scenario("F19")
    @Test
    void sealsThePublishedFrames() throws ProtocolException {
        NonceCounter nonces = nonces(Revision.MSGR2_1);
        try (AesGcmFrameCipher cipher = cipher(nonces)) {
            assertThat(sealed(cipher, SecureBlocks.of(AUTH_SIGNATURE, new byte[32])))
                    .isEqualTo(published("secure rev1 client tx AUTH_SIGNATURE(zeros)"));
            assertThat(cipher.operations()).isEqualTo(1);

            // The message that is also published in the clear: preamble, segment 1 and its crc, segments 2 to 4.
            byte[] message = HexFormat.of().parseHex(published("MSG front=abc,data=xyz rev1"));
            assertThat(sealed(
                            cipher,
                            SecureBlocks.of(
                                    Arrays.copyOf(message, 32),
                                    Arrays.copyOfRange(message, 32, 32 + 41),
                                    Arrays.copyOfRange(message, 77, 80),
                                    new byte[0],
                                    Arrays.copyOfRange(message, 80, 83))))
                    .isEqualTo(published("secure rev1 2nd frame MSG"));
            assertThat(cipher.operations()).isEqualTo(3);
            assertThat(PUBLISHED).contains("nonce now " + HexFormat.of().formatHex(nonces.next()));
        }
    }

    @Scenario("F19")
    @Test
    void sealsThePublishedFrameOfRev0InOneOperation() throws ProtocolException {
        NonceCounter nonces = nonces(Revision.MSGR2_0);
        try (AesGcmFrameCipher cipher = cipher(nonces)) {
            ByteBuf out = Unpooled.buffer();
            cipher.seal(Unpooled.wrappedBuffer(SecureBlocks.rev0(AUTH_SIGNATURE, new byte[32])), out);
            assertThat(ByteBufUtil.hexDump(out)).isEqualTo(published("secure rev0 AUTH_SIGNATURE"));
            assertThat(cipher.operations()).isEqualTo(1);
            assertThat(PUBLISHED).contains("nonce0 now " + HexFormat.of().formatHex(nonces.next()));
        }
    }

    /** As often as one likes, of any length: the nonce is still there for the block itself. */
    @ParameterizedTest
    @EnumSource
    void peeksAtTheBeginningWithoutUsingANonce(Revision revision) throws ProtocolException {
        byte[] plain = HexFormat.of().parseHex(published("MSG front=abc,data=xyz rev1"));
        for (AeadProvider provider : AeadTest.providers().toList()) {
            try (AesGcmFrameCipher sealer = secret().towardsAcceptor(revision, provider);
                    AesGcmFrameCipher opener = secret().towardsAcceptor(revision, provider)) {
                for (int round = 0; round < 3; round++) {
                    ByteBuf sealed = Unpooled.buffer();
                    sealer.seal(Unpooled.wrappedBuffer(plain), sealed);
                    for (int length : new int[] {0, 1, 16, 32, 50, plain.length}) {
                        ByteBuf out = buffer(round == 1).writeByte(7);
                        ByteBuf beginning = buffer(round == 2).writeBytes(sealed, 0, length);
                        opener.peek(beginning, out);
                        assertThat(beginning.readableBytes()).isEqualTo(length);
                        assertThat(ByteBufUtil.getBytes(out.skipBytes(1))).isEqualTo(Arrays.copyOf(plain, length));
                        out.release();
                        beginning.release();
                    }
                    assertThat(opener.operations()).isEqualTo(round);
                    ByteBuf out = Unpooled.buffer();
                    opener.open(sealed, out);
                    assertThat(ByteBufUtil.getBytes(out)).isEqualTo(plain);
                }
            }
        }
    }

    @Test
    void peeksAtNothingOnceClosed() throws ProtocolException {
        AesGcmFrameCipher cipher = cipher(Revision.MSGR2_0);
        cipher.peek(Unpooled.wrappedBuffer(new byte[32]), Unpooled.buffer());
        cipher.close();
        assertThatThrownBy(() -> cipher.peek(Unpooled.wrappedBuffer(new byte[32]), Unpooled.buffer()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the cipher has failed or is closed");
        Aead aead = AeadProvider.jdk().create(new byte[16]);
        aead.close();
        assertThatThrownBy(() -> aead.peek(new byte[12], new byte[1], 0, 1, new byte[1], 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the cipher is closed");
    }

    @Test
    void directionsDoNotUnderstandEachOther() throws ProtocolException {
        ByteBuf sealed = Unpooled.buffer();
        secret().towardsConnector(Revision.MSGR2_1, AeadProvider.preferred())
                .seal(Unpooled.wrappedBuffer(new byte[80]), sealed);
        ByteBuf out = Unpooled.buffer();
        try (AesGcmFrameCipher cipher = cipher(Revision.MSGR2_1)) {
            assertThatThrownBy(() -> cipher.open(sealed, out)).isInstanceOf(ProtocolException.class);
        }
        try (AesGcmFrameCipher cipher = secret().towardsConnector(Revision.MSGR2_1, AeadProvider.preferred())) {
            cipher.open(sealed, out);
            assertThat(out.readableBytes()).isEqualTo(80);
        }
    }

    /** Heap and direct, alone and in the midst of others. */
    static Stream<Arrangement> arrangements() {
        return Stream.of(false, true)
                .flatMap(in -> Stream.of(false, true)
                        .flatMap(out -> Stream.of(1, 80, 70_000).map(bytes -> new Arrangement(in, out, bytes))));
    }

    record Arrangement(boolean directIn, boolean directOut, int bytes) {}

    @ParameterizedTest
    @MethodSource("arrangements")
    void leavesReaderIndicesAndForeignBytesAlone(Arrangement how) throws ProtocolException {
        byte[] plain = new byte[how.bytes()];
        Arrays.fill(plain, (byte) 0x77);
        ByteBuf in = buffer(how.directIn()).writeZero(5).writeBytes(plain).skipBytes(5);
        ByteBuf sealed = buffer(how.directOut()).writeByte(9);
        ByteBuf opened = buffer(how.directOut()).writeByte(8);
        try (AesGcmFrameCipher sealer = cipher(Revision.MSGR2_1);
                AesGcmFrameCipher opener = cipher(Revision.MSGR2_1)) {
            for (int i = 0; i < 3; i++) {
                int at = sealed.writerIndex();
                sealer.seal(in, sealed);
                assertThat(in.readableBytes()).isEqualTo(how.bytes());
                assertThat(sealed.writerIndex()).isEqualTo(at + how.bytes() + 16);
                ByteBuf block = sealed.slice(at, how.bytes() + 16);
                opener.open(block, opened);
                assertThat(block.readableBytes()).isEqualTo(how.bytes() + 16);
            }
            assertThat(sealed.readByte()).isEqualTo((byte) 9);
            assertThat(opened.readByte()).isEqualTo((byte) 8);
            for (int i = 0; i < 3; i++) {
                assertThat(ByteBufUtil.getBytes(opened.readSlice(how.bytes()))).isEqualTo(plain);
            }
            assertThat(opened.isReadable()).isFalse();
        } finally {
            in.release();
            sealed.release();
            opened.release();
        }
    }

    private ByteBuf buffer(boolean direct) {
        return direct ? leaks.allocator().directBuffer() : leaks.allocator().heapBuffer();
    }

    /** Every bit of a preamble's block, its tag included. */
    @Scenario("F16")
    @Test
    void exposesNothingOfADamagedPreamble() throws ProtocolException {
        byte[] wire = HexFormat.of().parseHex(published("secure rev1 client tx AUTH_SIGNATURE(zeros)"));
        for (int bit = 0; bit < 8 * wire.length; bit++) {
            byte[] changed = wire.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            refuses(cipher(Revision.MSGR2_1), changed);
        }
    }

    @Scenario("F17")
    @ParameterizedTest
    @MethodSource("arrangements")
    void exposesNothingOfADamagedBody(Arrangement how) throws ProtocolException {
        ByteBuf sealed = Unpooled.buffer();
        try (AesGcmFrameCipher sealer = cipher(Revision.MSGR2_1)) {
            sealer.seal(Unpooled.wrappedBuffer(new byte[how.bytes()]), sealed);
        }
        for (int at : new int[] {0, how.bytes() / 2, how.bytes() - 1, how.bytes(), how.bytes() + 15}) {
            byte[] changed = ByteBufUtil.getBytes(sealed);
            changed[at] ^= 0x10;
            refuses(cipher(Revision.MSGR2_1), changed);
        }
        refuses(cipher(Revision.MSGR2_1), Arrays.copyOf(sealed.array(), how.bytes() + 15));
        refuses(cipher(Revision.MSGR2_1), new byte[15]);
        refuses(cipher(Revision.MSGR2_1), new byte[0]);
    }

    private void refuses(AesGcmFrameCipher cipher, byte[] sealed) {
        for (boolean direct : new boolean[] {false, true}) {
            ByteBuf in = Unpooled.wrappedBuffer(sealed);
            ByteBuf out = buffer(direct).writeByte(7);
            int place = Math.max(0, sealed.length - 16);
            out.ensureWritable(place);
            for (int i = 0; i < place; i++) {
                out.setByte(1 + i, 0);
            }
            if (direct) {
                // It has failed before: now it does not even try.
                assertThatThrownBy(() -> cipher.open(in, out))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("the cipher has failed or is closed");
                assertThatThrownBy(() -> cipher.seal(in, out)).isInstanceOf(IllegalStateException.class);
            } else {
                assertThatThrownBy(() -> cipher.open(in, out))
                        .isInstanceOf(ProtocolException.class)
                        .hasMessage("the authentication tag does not hold")
                        .hasNoCause()
                        .extracting(fault -> ((ProtocolException) fault).kind())
                        .isEqualTo(FaultKind.INTEGRITY);
            }
            assertThat(out.readableBytes()).isEqualTo(1);
            for (int i = 0; i < place; i++) {
                assertThat(out.getByte(1 + i)).isZero();
            }
            out.release();
        }
        assertThat(cipher.operations()).isZero();
    }

    /** A frame twice, left out or in another order. */
    @Test
    void refusesReplayedAndReorderedBlocks() throws ProtocolException {
        byte[][] sealed = new byte[3][];
        try (AesGcmFrameCipher sealer = cipher(Revision.MSGR2_1)) {
            for (int i = 0; i < sealed.length; i++) {
                ByteBuf out = Unpooled.buffer();
                sealer.seal(Unpooled.wrappedBuffer(new byte[80]), out);
                sealed[i] = ByteBufUtil.getBytes(out);
            }
        }
        for (int[] order : new int[][] {{0, 0}, {1}, {0, 2}}) {
            AesGcmFrameCipher opener = cipher(Revision.MSGR2_1);
            for (int i = 0; i < order.length - 1; i++) {
                opener.open(Unpooled.wrappedBuffer(sealed[order[i]]), Unpooled.buffer());
            }
            assertThatThrownBy(() ->
                            opener.open(Unpooled.wrappedBuffer(sealed[order[order.length - 1]]), Unpooled.buffer()))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Scenario("F20")
    @ParameterizedTest
    @EnumSource
    void refusesToUseANonceTwice(Revision revision) throws ProtocolException {
        NonceCounter nonces = nonces(revision);
        AesGcmFrameCipher cipher = cipher(nonces);
        ByteBuf plain = Unpooled.wrappedBuffer(new byte[80]);
        ByteBuf out = leaks.allocator().buffer();
        cipher.seal(plain, out);
        nonces.skip(revision == Revision.MSGR2_1 ? -1 : 0xffff_ffffL);
        int written = out.writerIndex();
        assertThatThrownBy(() -> cipher.seal(plain, out))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("the connection is out of nonces");
        assertThatThrownBy(() -> cipher.seal(plain, out)).isInstanceOf(IllegalStateException.class);
        assertThat(out.writerIndex()).isEqualTo(written);
        assertThat(cipher.operations()).isEqualTo(1);
        out.release();
    }

    @Test
    void isOfNoUseOnceClosed() throws ProtocolException {
        AesGcmFrameCipher cipher = cipher(Revision.MSGR2_1);
        cipher.close();
        assertThatCode(cipher::close).doesNotThrowAnyException();
        assertThatThrownBy(() -> cipher.seal(Unpooled.wrappedBuffer(new byte[1]), Unpooled.buffer()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the cipher has failed or is closed");
        assertThatThrownBy(() -> cipher.open(Unpooled.wrappedBuffer(new byte[17]), Unpooled.buffer()))
                .isInstanceOf(IllegalStateException.class);
    }

    /** Too small a buffer is the caller's mistake, and noticed before a nonce is spent. */
    @Test
    void noticesABufferThatIsTooSmall() throws ProtocolException {
        try (AesGcmFrameCipher cipher = cipher(Revision.MSGR2_1)) {
            ByteBuf plain = Unpooled.wrappedBuffer(new byte[80]);
            assertThatThrownBy(() -> cipher.seal(plain, Unpooled.buffer(95, 95)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            ByteBuf out = Unpooled.buffer(96, 96);
            cipher.seal(plain, out);
            try (AesGcmFrameCipher opener = cipher(Revision.MSGR2_1)) {
                opener.open(out, Unpooled.buffer(80, 80));
            }
        }
    }
}
