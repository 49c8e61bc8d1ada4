package org.msgr2.crypto.onwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.testing.Scenario;

class NonceCounterTest {

    private static NonceCounter counter(Revision revision, String hex) {
        return new NonceCounter(revision, HexFormat.of().parseHex(hex));
    }

    private static String next(NonceCounter counter) throws ProtocolException {
        return HexFormat.of().formatHex(counter.next());
    }

    /** The last two from {@code msgr2.txt}, "nonce now" and "nonce0 now". */
    @Scenario("F19")
    @ParameterizedTest
    @CsvSource({
        "MSGR2_1, 000000000000000000000000, 1, 000000000100000000000000",
        "MSGR2_1, aabbccddffffffff00000000, 1, aabbccdd0000000001000000",
        "MSGR2_1, aabbccddffffffffffffffff, 1, aabbccdd0000000000000000",
        "MSGR2_1, aabbccddffffffffffffff7f, 1, aabbccdd0000000000000080",
        "MSGR2_0, aabbccdd1122334455667788, 1, abbbccdd1122334455667788",
        "MSGR2_0, ffffffff1122334455667788, 1, 000000001122334455667788",
        "MSGR2_0, ffffff7f1122334455667788, 1, 000000801122334455667788",
        "MSGR2_1, 1c1d1e1f2021222324252627, 3, 1c1d1e1f2321222324252627",
        "MSGR2_0, 1c1d1e1f2021222324252627, 1, 1d1d1e1f2021222324252627",
    })
    void countsInLittleEndian(Revision revision, String initial, int operations, String then) throws ProtocolException {
        NonceCounter counter = counter(revision, initial);
        assertThat(next(counter)).isEqualTo(initial);
        for (int i = 1; i < operations; i++) {
            next(counter);
        }
        assertThat(next(counter)).isEqualTo(then);
    }

    @ParameterizedTest
    @EnumSource
    void neverRepeatsItself(Revision revision) throws ProtocolException {
        NonceCounter counter = counter(revision, "feffffffffffffffffffffff");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            assertThat(seen.add(next(counter))).isTrue();
        }
    }

    @Scenario("F20")
    @ParameterizedTest
    @EnumSource
    void handsOutEachNonceOnce(Revision revision) throws ProtocolException {
        String initial = "1c1d1e1f2021222324252627";
        NonceCounter counter = counter(revision, initial);
        assertThat(next(counter)).isEqualTo(initial);
        counter.skip(revision == Revision.MSGR2_1 ? -2 : 0xffff_fffeL);
        // One is left, the one before the first.
        assertThat(next(counter))
                .isEqualTo(revision == Revision.MSGR2_1 ? "1c1d1e1f1f21222324252627" : "1b1d1e1f2021222324252627");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(counter::next)
                    .isInstanceOf(ProtocolException.class)
                    .hasMessage("the connection is out of nonces")
                    .extracting(fault -> ((ProtocolException) fault).kind())
                    .isEqualTo(FaultKind.LIMIT);
        }
    }

    @Test
    void refusesAnotherLength() {
        for (int length : new int[] {0, 11, 13, 16}) {
            assertThatThrownBy(() -> new NonceCounter(Revision.MSGR2_1, new byte[length]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a nonce has 12 bytes, not " + length);
        }
    }

    @Test
    void keepsItsOwnCopy() throws ProtocolException {
        byte[] initial = new byte[12];
        NonceCounter counter = new NonceCounter(Revision.MSGR2_1, initial);
        initial[0] = 1;
        assertThat(next(counter)).isEqualTo("000000000000000000000000");
        assertThat(initial[4]).isZero();
    }
}
