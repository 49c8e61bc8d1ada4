package org.msgr2.confd.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads replies of servers of both eras. Keys that are not ours are ignored. Reuses its buffers; not thread-safe.
 */
public final class ReplyDecoder {
    private static final ObjectMapper MAPPER = new ObjectMapper(WireJson.FACTORY);

    private final Envelope envelope;

    public ReplyDecoder(ConfdKey key, WireLimits limits) {
        envelope = new Envelope(key, limits.replyBytesMax());
    }

    /**
     * @param datagram stays the caller's
     */
    public DecodedReply decode(byte[] datagram, int offset, int length) {
        try {
            envelope.read(datagram, offset, length, false);
        } catch (Refusal e) {
            return e.reason();
        }
        Utf8Buffer message = envelope.message();
        Utf8Buffer salt = envelope.salt();
        try (JsonParser in = WireJson.FACTORY.createParser(message.bytes(), 0, message.length())) {
            JsonNode root = MAPPER.readTree(in);
            Reply reply = root == null || in.nextToken() != null
                    ? null
                    : reply(root, new String(salt.bytes(), 0, salt.length(), StandardCharsets.UTF_8));
            return reply == null ? Rejection.MESSAGE : reply;
        } catch (IOException e) {
            return Rejection.MESSAGE;
        }
    }

    private static @Nullable Reply reply(JsonNode root, String salt) {
        Status status = Status.fromWire(root.path("status").asInt(-1));
        JsonNode answer = root.get("answer");
        JsonNode serial = root.path("serial");
        if (status == null
                || answer == null
                || !serial.isIntegralNumber()
                || !root.path("protocol").isInt()) {
            return null;
        }
        return new Reply(salt, status, answer, serial.asLong());
    }
}
