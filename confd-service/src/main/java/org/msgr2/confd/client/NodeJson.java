package org.msgr2.confd.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.msgr2.confd.watch.Revision;
import org.msgr2.confd.watch.WatchEvent;
import org.msgr2.confd.wire.Status;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;

/** Reads what a node says. What is wrong with it is never told with its content. */
final class NodeJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private NodeJson() {}

    static NodeAnswer answer(byte[] json) {
        JsonNode root = tree(json);
        Status status = Status.fromWire(root.path("status").asInt(-1));
        JsonNode answer = root.get("answer");
        if (status == null || answer == null) {
            throw unreadable("answer");
        }
        return new NodeAnswer(
                status,
                answer,
                root.path("serial").asLong(),
                root.path("revision").asLong(-1));
    }

    static WatchUpdate update(byte[] json) {
        JsonNode root = tree(json);
        Revision revision = Revision.parse(root.path("revision").asText());
        if (revision == null) {
            throw unreadable("update");
        }
        List<WatchUpdate.Value> values = new ArrayList<>();
        for (JsonNode value : root.path("values")) {
            values.add(new WatchUpdate.Value(value.path("path").asText(), value.get("value")));
        }
        return new WatchUpdate(
                kind(root.path("kind").asText()),
                revision,
                values,
                root.path("more").asBoolean());
    }

    private static WatchEvent.Kind kind(String text) {
        try {
            return WatchEvent.Kind.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw unreadable("update");
        }
    }

    private static JsonNode tree(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw unreadable("JSON");
        }
    }

    private static CallException unreadable(String what) {
        return new CallException(CallStatus.INVALID, "this is no " + what);
    }
}
