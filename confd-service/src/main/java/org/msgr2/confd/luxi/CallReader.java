package org.msgr2.confd.luxi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.msgr2.confd.luxi.fault.MalformedCallException;
import org.msgr2.confd.luxi.json.LuxiJson;
import org.msgr2.confd.luxi.query.Request;
import org.msgr2.confd.luxi.query.RequestParser;

/** Calls from their JSON text: an object with "method" and "args"; other keys are ignored (spec/confd §7). */
record CallReader(RequestParser requests) {
    private static final String TOP = "parsing top-level JSON message: ";

    Request read(byte[] text) throws MalformedCallException {
        JsonNode call = parse(text);
        JsonNode method = member(call, "method");
        JsonNode args = member(call, "args");
        if (!method.isTextual()) {
            throw new MalformedCallException(
                    "Unable to parse LUXI request method: Can't parse value for 'LuxiReq': " + "Unable to read String");
        }
        return requests.parse(method.textValue(), args);
    }

    private static JsonNode parse(byte[] text) throws MalformedCallException {
        if (!beginsStructure(text)) {
            throw new MalformedCallException(
                    TOP + "Invalid JSON: a JSON text a serialized object or array at the top level.");
        }
        JsonNode call;
        try {
            call = LuxiJson.read(text);
        } catch (JsonProcessingException e) {
            // Without the parser's excerpt of the text
            throw new MalformedCallException(TOP + "Invalid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new MalformedCallException(TOP + "Invalid JSON: " + e.getMessage());
        }
        if (!call.isObject()) {
            throw new MalformedCallException(TOP + "Unable to read JSObject");
        }
        return call;
    }

    private static boolean beginsStructure(byte[] text) {
        for (byte character : text) {
            if (character > ' ') {
                return character == '{' || character == '[';
            }
        }
        return false;
    }

    private static JsonNode member(JsonNode call, String name) throws MalformedCallException {
        JsonNode value = call.get(name);
        if (value == null) {
            List<JsonNode> names = call.properties().stream()
                    .map(member -> (JsonNode) LuxiJson.NODES.textNode(member.getKey()))
                    .toList();
            throw new MalformedCallException("key '" + name + "' not found, object contains only "
                    + LuxiJson.quote(LuxiJson.NODES.arrayNode().addAll(names)).replace(", ", ","));
        }
        return value;
    }
}
