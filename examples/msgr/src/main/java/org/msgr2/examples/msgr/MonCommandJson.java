package org.msgr2.examples.msgr;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;

/** A command as monitors read it: one JSON object with a {@code prefix} and the arguments by name. */
final class MonCommandJson {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Where in the parser's own terms; people read the line and the column. */
    private static final Pattern ELSEWHERE = Pattern.compile(" \\(start marker at .*\\)$");

    private MonCommandJson() {}

    /**
     * From the command line.
     *
     * @param words one with the whole JSON object, or the words of a prefix without arguments
     * @param formatJson whether the answer should be JSON, if the command does not say
     */
    static String of(List<String> words, boolean formatJson) throws Failure {
        String first = words.get(0).strip();
        boolean isJson = first.startsWith("{") || first.startsWith("[") || first.startsWith("\"");
        ObjectNode command = isJson
                ? parse(String.join(" ", words))
                : JSON.createObjectNode().put("prefix", String.join(" ", words));
        if (formatJson && !command.has("format")) {
            command.put("format", "json");
        }
        return command.toString();
    }

    /** Whether that is JSON. */
    static boolean isJson(String text) {
        try {
            return !JSON.readTree(text).isMissingNode();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static ObjectNode parse(String text) throws Failure {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : ", line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            String why =
                    ELSEWHERE.matcher(Faults.oneLine(e.getOriginalMessage())).replaceFirst("");
            throw Failure.usage("the command is not JSON" + where + ": " + why, e);
        }
        if (!(node instanceof ObjectNode command)) {
            throw Failure.usage("the command must be a JSON object, such as {\"prefix\":\"status\"}");
        }
        if (!command.path("prefix").isTextual()
                || command.path("prefix").asText().isBlank()) {
            throw Failure.usage("the command has no prefix: expected {\"prefix\":\"mon dump\", …}");
        }
        return command;
    }
}
