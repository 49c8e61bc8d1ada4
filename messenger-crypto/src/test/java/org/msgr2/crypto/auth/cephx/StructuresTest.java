package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.crypto.auth.cephx.StructureCorpus.Sample;

/** Every structure of spec/msgr2 §3.7, against recorded bytes. */
class StructuresTest {
    static List<Sample> samples() {
        return StructureCorpus.samples();
    }

    @Test
    void everyStructureIsRecorded() {
        Set<String> names = samples().stream().map(Sample::name).collect(Collectors.toSet());

        assertThat(names).hasSize(22);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void writesWhatItRead(Sample sample) throws Exception {
        byte[] written = sample.decode(sample.bytes()).encoded().toByteArray();

        assertThat(HexFormat.of().formatHex(written)).isEqualTo(HexFormat.of().formatHex(sample.bytes()));
    }

    @Scenario("A24")
    @ParameterizedTest
    @MethodSource("samples")
    void refusesWhatIsCutOff(Sample sample) {
        for (int length = 0; length < sample.bytes().length; length++) {
            byte[] cut = Arrays.copyOf(sample.bytes(), length);
            if (!sample.mayEndEarly()) {
                assertThatThrownBy(() -> sample.decode(cut))
                        .as("%s cut to %d", sample, length)
                        .isInstanceOf(WireException.class);
            }
        }
    }

    @Scenario("A27")
    @ParameterizedTest
    @MethodSource("samples")
    void refusesVersionsThatItDoesNotKnow(Sample sample) {
        if (!sample.hasVersion()) {
            return;
        }
        for (int version : new int[] {0, 4, 0xff}) {
            byte[] other = sample.bytes().clone();
            other[0] = (byte) version;
            assertThatThrownBy(() -> sample.decode(other))
                    .isInstanceOfSatisfying(
                            ProtocolException.class,
                            fault -> assertThat(fault.kind())
                                    .isEqualTo(version == 0 ? FaultKind.MALFORMED : FaultKind.FEATURE))
                    .hasMessageContaining("struct_v: " + version);
        }
    }

    @Scenario("A24")
    @Test
    void refusesLengthsAndCountsBeyondTheirBoundsBeforeItAllocates() {
        fault("01 0000000000000000 ffffffff", TicketBlob::read, "ticket: needs 4294967295 bytes, 0 left");
        fault("01 ffffffff", ServiceTicketReply::read, "tickets: 4294967295 elements, at most 16 are accepted");
        fault("01 10000000", ServiceTicketReply::read, "tickets: 16 elements cannot fit in the 0 bytes left");
        fault("01 11000000", RotatingSecrets::read, "rotating secrets: 17 elements, at most 16 are accepted");
        fault("01 00 ffffff7f", AuthCaps::read, "caps: needs 2147483647 bytes, 0 left");
        byte[] zeros = new byte[20_000];
        Encodable large = out -> out.u8(1).u64(0).blob(Opaque.copyOf(zeros));
        assertThatThrownBy(() -> TicketBlob.read(Decoding.reader(large.encoded())))
                .hasMessage("ticket: 20000 bytes, at most 16384 are accepted");
    }

    @Test
    void refusesTheSameRotatingKeyTwice() {
        Sample recorded = samples().stream()
                .filter(sample -> sample.name().equals("ExpiringKey"))
                .findFirst()
                .orElseThrow();
        Encodable twice = out -> out.u8(1)
                .u32(2)
                .u64(7)
                .bytes(recorded.bytes())
                .u64(7)
                .bytes(recorded.bytes())
                .u64(7);

        assertThatThrownBy(() -> RotatingSecrets.read(Decoding.reader(twice.encoded())))
                .hasMessage("rotating secret id: 7 twice");
    }

    @Test
    void readsOlderVersionsOfWhatOtherClientsSend() throws Exception {
        Authenticate first = new Authenticate(1, 2, 3, TicketBlob.NONE, 0);
        assertThat(first.encoded().length()).isEqualTo(1 + 8 + 8 + 13);
        assertThat(Authenticate.read(Decoding.reader(first.encoded()))).isEqualTo(first);
        Authorize bare = new Authorize(1, 5, false, 0);
        assertThat(bare.encoded().length()).isEqualTo(9);
        assertThat(Authorize.read(Decoding.reader(bare.encoded()))).isEqualTo(bare);
    }

    @Test
    void readsCapabilitiesAsText() throws Exception {
        assertThat(AuthCaps.of("allow r").text()).isEqualTo("allow r");
        assertThat(new AuthCaps(false, Opaque.EMPTY).text()).isEmpty();
        assertThatThrownBy(() -> new AuthCaps(false, RecordedHandshake.hex("0000000001")).text())
                .hasMessage("caps: 1 bytes too many");
        assertThatThrownBy(() -> new AuthCaps(false, RecordedHandshake.hex("05000000ff")).text())
                .isInstanceOf(WireException.class);
    }

    @Test
    void namesTypesOfRequestsAndServicesThatItDoesNotKnow() {
        fault("0003", RequestType::read, "request_type: unknown 0x300");
        fault("01 0000000000000000 40000000", Authorizer::read, "service_id: unknown entity type 0x40");
        assertThat(EntityType.AUTH.code()).isEqualTo(0x20);
    }

    private static void fault(String hex, Envelope.Body<?> decoder, String message) {
        assertThatThrownBy(() -> decoder.read(Decoding.reader(RecordedHandshake.hex(hex.replace(" ", "")))))
                .isInstanceOf(WireException.class)
                .hasMessage(message);
    }
}
