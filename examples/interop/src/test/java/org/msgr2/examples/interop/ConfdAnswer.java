package org.msgr2.examples.interop;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a confd answered, as far as it can be compared between two of them.
 *
 * @param salt by which request and reply belong together
 * @param verifies whether the signature is right
 */
record ConfdAnswer(String salt, boolean verifies, int status, JsonNode answer, long serial) {

    private static final byte[] MAGIC = "plj0".getBytes(StandardCharsets.US_ASCII);

    /** The real one cuts letters beyond ASCII to 8 bits, control characters among them (spec/confd §1.1). */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .build();

    static ConfdAnswer read(byte[] datagram) throws IOException {
        if (!Arrays.equals(MAGIC, 0, MAGIC.length, datagram, 0, MAGIC.length)) {
            throw new IOException("no reply of a confd: " + new String(datagram, StandardCharsets.UTF_8));
        }
        // As Latin-1 nothing is lost, whatever the bytes are.
        boolean ascii = true;
        for (byte each : datagram) {
            ascii &= each >= ' ';
        }
        JsonNode envelope = JSON.readTree(
                new String(datagram, MAGIC.length, datagram.length - MAGIC.length, StandardCharsets.ISO_8859_1));
        String salt = envelope.required("salt").textValue();
        String message = envelope.required("msg").textValue();
        JsonNode reply = JSON.readTree(message);
        return new ConfdAnswer(
                salt,
                ascii
                        && ConfdSignature.of(salt, message)
                                .equals(envelope.required("hmac").textValue()),
                reply.required("status").intValue(),
                reply.required("answer"),
                reply.required("serial").longValue());
    }

    /** Whether it refuses in words, which are each implementation's own. */
    boolean refusesInWords() {
        return status == 1 && answer.isTextual();
    }

    @Override
    public String toString() {
        return (verifies ? "" : "UNVERIFIABLE ") + "status " + status + " serial " + serial + " answer " + answer;
    }
}
