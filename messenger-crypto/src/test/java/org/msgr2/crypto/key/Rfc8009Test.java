package org.msgr2.crypto.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.crypto.key.TestKeys.bytes;
import static org.msgr2.crypto.key.TestKeys.hex;
import static org.msgr2.crypto.key.TestKeys.opaque;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.testing.CephVectors;

/** Appendix A of RFC 8009, for aes256-cts-hmac-sha384-192; and the lines of {@code msgr2.txt} that repeat a part of it. */
class Rfc8009Test {
    private static final int USAGE = 2;
    private static final Aes256Krb5Key KEY =
            TestKeys.krb5("6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52");
    private static final List<String> PUBLISHED = CephVectors.lines("msgr2.txt");

    @Test
    void derivesTheKeysOfTheRfc() {
        String ke = "56ab22bee63d82d7bc5227f6773f8ea7a5eb1c825160c38312980c442e5c7e49";
        String ki = "69b16514e3cd8e56b82010d5c73012b622c4d00ffc23ed1f";
        assertThat(hex(KEY.encryptionKey(USAGE))).isEqualTo(ke);
        assertThat(hex(KEY.integrityKey(USAGE))).isEqualTo(ki);
        assertThat(PUBLISHED).contains("Ke usage2 " + ke, "Ki usage2 " + ki);
    }

    /** The usage of these examples is none of ours, so decrypting is checked by encrypting. */
    @ParameterizedTest
    @CsvSource({
        "'', f764e9fa15c276478b2c7d0c4e5f58e4,"
                + "41f53fa5bfe7026d91faf9be959195a058707273a96a40f0a01960621ac612748b9bbfbe7eb4ce3c",
        "000102030405, b80d3251c1f6471494256ffe712d0b9a,"
                + "4ed7b37c2bcac8f74f23c1cf07e62bc7b75fb3f637b9f559c7f664f69eab7b6092237526ea0d1f61cb20d69d10f2",
        "000102030405060708090a0b0c0d0e0f, 53bf8a0d105265d4e276428624ce5e63,"
                + "bc47ffec7998eb91e8115cf8d19dac4bbbe2e163e87dd37f49beca92027764f6"
                + "8cf51f14d798c2273f35df574d1f932e40c4ff255b36a266",
        "000102030405060708090a0b0c0d0e0f1011121314, 763e65367e864f02f55153c7e3b58af1,"
                + "40013e2df58e8751957d2878bcd2d6fe101ccfd556cb1eae79db3c3ee86429f2"
                + "b2a602ac86fef6ecb647d6295fae077a1feb517508d2c16b4192e01f62"
    })
    void encryptsAsTheRfc(String plaintext, String confounder, String ciphertext) throws ProtocolException {
        assertThat(hex(KEY.encrypt(USAGE, bytes(confounder), bytes(plaintext)))).isEqualTo(ciphertext);
        assertThat(hex(KEY.decrypt(USAGE, bytes(ciphertext)).orElseThrow())).isEqualTo(plaintext);
    }

    @Test
    void encryptsAsPublished() {
        assertThat(PUBLISHED)
                .contains(
                        "rfc8009 empty pt: "
                                + hex(KEY.encrypt(USAGE, bytes("f764e9fa15c276478b2c7d0c4e5f58e4"), new byte[0])),
                        "rfc8009 6B pt: "
                                + hex(KEY.encrypt(
                                        USAGE, bytes("b80d3251c1f6471494256ffe712d0b9a"), bytes("000102030405"))));
    }

    @Test
    void refusesAnotherUsageThanTheRfcs() {
        assertThatThrownBy(() -> KEY.decrypt(
                        KeyUsage.AUTHORIZE,
                        opaque("41f53fa5bfe7026d91faf9be959195a058707273a96a40f0a01960621ac612748b9bbfbe7eb4ce3c")))
                .isInstanceOf(ProtocolException.class);
    }
}
