package org.msgr2.confd.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.confd.Vectors;
import org.msgr2.core.testing.ByteMutator;
import org.msgr2.core.testing.FuzzRuns;

/** Hostile datagrams: nothing but a request or a reason may come out, and never a request that was not signed. */
class RequestDecoderFuzzTest {
    private static final long RUNS = FuzzRuns.of("msgr2.fuzz.confd", 20_000);
    private static final ConfdKey KEY = ConfdKey.of(Vectors.bytes("confd-hmac.key"));

    private static final class Sample {
        final byte[] datagram;
        final long clockS;

        Sample(byte[] datagram, long clockS) {
            this.datagram = datagram;
            this.clockS = clockS;
        }
    }

    private static final Pattern MESSAGE = Pattern.compile("\"msg\": (\"([^\"\\\\]++|\\\\.)*+\")");
    private static final Pattern RSALT = Pattern.compile("\"rsalt\": (\"([^\"\\\\]++|\\\\.)*+\")");

    /** What the clients have signed a question with, whatever else is wrong with the datagram around it. */
    private static Set<String> signed(List<Sample> samples) throws Exception {
        Set<String> rsalts = new HashSet<>();
        ObjectMapper mapper = new ObjectMapper();
        for (Sample sample : samples) {
            Matcher message = MESSAGE.matcher(new String(sample.datagram, UTF_8));
            Matcher rsalt = RSALT.matcher(
                    message.find() ? mapper.readTree(message.group(1)).asText() : "");
            if (rsalt.find()) {
                rsalts.add(mapper.readTree(rsalt.group(1)).asText());
            }
        }
        return rsalts;
    }

    private static List<Sample> samples() throws Exception {
        List<Sample> samples = new ArrayList<>();
        for (JsonNode vector :
                new ObjectMapper().readTree(Vectors.bytes("confd.json")).get("vectors")) {
            samples.add(new Sample(
                    vector.get("request").asText().getBytes(UTF_8),
                    vector.get("clock").asLong()));
        }
        return samples;
    }

    @ParameterizedTest
    @EnumSource(WireMode.class)
    void mutatedDatagramsAreRefusedOrMeanWhatWasSigned(WireMode mode) throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        ByteMutator mutator = new ByteMutator(random);
        List<Sample> samples = samples();
        Set<String> signed = signed(samples);
        RequestDecoder decoder = new RequestDecoder(KEY, mode, WireLimits.DEFAULTS);
        Map<Rejection, Integer> reasons = new EnumMap<>(Rejection.class);
        for (long run = 0; run < RUNS; run++) {
            Sample sample = samples.get(random.nextInt(samples.size()));
            byte[] other = samples.get(random.nextInt(samples.size())).datagram;
            byte[] mutant = mutator.mutate(sample.datagram, other);
            Decoded decoded = decoder.decode(mutant, 0, mutant.length, sample.clockS);
            if (decoded instanceof Rejection reason) {
                reasons.merge(reason, 1, Integer::sum);
            } else {
                // The change was in a place that means nothing, or undid what was wrong.
                assertThat(((Request) decoded).rsalt())
                        .as("seed %d, run %d", seed, run)
                        .isIn(signed);
            }
        }
        assertThat(reasons).containsKeys(Rejection.MAGIC, Rejection.ENVELOPE, Rejection.HMAC);
    }

    /** What is signed is parsed further: the message itself is hostile here, as from a client that has the key. */
    @ParameterizedTest
    @EnumSource(WireMode.class)
    void mutatedMessagesWithARightSignatureAreRefusedOrRead(WireMode mode) throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        ByteMutator mutator = new ByteMutator(random);
        List<byte[]> messages = List.of(
                "{\"protocol\": 1, \"type\": 2, \"query\": {\"0\": \"a\", \"1\": null, \"2\": [\"b\"]}, \"rsalt\": \"r\"}"
                        .getBytes(UTF_8),
                "{\"protocol\": 1, \"type\": 3, \"query\": {\"3\": [0, 1.0, 2]}, \"rsalt\": \"\\u00e9\"}"
                        .getBytes(UTF_8));
        RequestDecoder decoder = new RequestDecoder(KEY, mode, WireLimits.DEFAULTS);
        DatagramWriter writer = new DatagramWriter(KEY, 4096);
        int read = 0;
        for (long run = 0; run < RUNS; run++) {
            byte[] mutant = mutator.mutate(messages.get(random.nextInt(2)), messages.get(random.nextInt(2)));
            String text = new String(mutant, UTF_8);
            assertThat(writer.write(out -> out.writeRaw(text), "1000")).isTrue();
            Decoded decoded = decoder.decode(writer.bytes(), 0, writer.length(), 1000);
            read += decoded instanceof Request ? 1 : 0;
            assertThat(decoded)
                    .as("seed %d, run %d", seed, run)
                    .isNotIn(Rejection.MAGIC, Rejection.TIME, Rejection.HMAC);
        }
        assertThat(read).isPositive();
    }
}
