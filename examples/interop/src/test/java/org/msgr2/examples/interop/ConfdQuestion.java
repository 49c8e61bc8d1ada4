package org.msgr2.examples.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;

/**
 * One datagram for a confd, made when it is sent: its salt is the time.
 *
 * @param type of the request that it is, or would be if it were well-formed
 * @param rsalt what the reply's salt is; no two questions of a test have the same
 * @param what it is about, for a report
 * @param message what is signed, JSON or not
 * @param envelope makes the text of the datagram
 */
record ConfdQuestion(int type, String rsalt, String what, String message, Envelope envelope) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** The text of a datagram at some time. */
    interface Envelope {
        String at(long unixSeconds);
    }

    /** A datagram with this message, properly signed. */
    static ConfdQuestion signed(int type, String rsalt, String what, String message) {
        return new ConfdQuestion(
                type, rsalt, what, message, unixSeconds -> envelope(Long.toString(unixSeconds), message));
    }

    /** The envelope of a message, as the real client writes it. */
    static String envelope(String salt, String message) {
        return "plj0{\"msg\": " + quoted(message) + ", \"salt\": " + quoted(salt) + ", \"hmac\": \""
                + ConfdSignature.of(salt, message) + "\"}\n";
    }

    /** The text as a JSON string in ASCII. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ' || c > '~') {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }

    byte[] datagram(long unixSeconds) {
        return envelope.at(unixSeconds).getBytes(StandardCharsets.UTF_8);
    }

    /** A member of the message, missing if that is no JSON or has none of the name. */
    JsonNode member(String name) {
        return parsed(message).path(name);
    }

    /** The salt of the envelope, empty if it has none or is no JSON. */
    String salt() {
        String text = envelope.at(1_700_000_000);
        return text.length() < 4 ? "" : parsed(text.substring(4)).path("salt").asText();
    }

    /** Whether a key of the message or of an object in it is there twice. */
    boolean hasDuplicateKey() {
        try {
            STRICT.readTree(message);
            return false;
        } catch (JsonProcessingException e) {
            return e.getMessage().contains("Duplicate");
        }
    }

    private static JsonNode parsed(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node == null ? MissingNode.getInstance() : node;
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    @Override
    public String toString() {
        return "type " + type + ", " + what;
    }
}
