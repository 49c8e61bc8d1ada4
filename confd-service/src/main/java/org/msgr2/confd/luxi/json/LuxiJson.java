package org.msgr2.confd.luxi.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** JSON as the query socket has it. Thread-safe. */
public final class LuxiJson {
    /** Whole doubles above this are not written as integers: they have lost their last digits. */
    private static final double EXACT_MAX = 1L << 53;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // All clients undo escapes; the real daemon sends broken bytes here (spec/confd §1.1)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** Makes nodes. */
    public static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Error texts are for people. */
    private static final int QUOTED_CHARS_MAX = 4096;

    private LuxiJson() {}

    /** One JSON value and nothing after it. Decimal numbers keep all their digits. */
    public static JsonNode read(byte[] text) throws IOException {
        try (JsonParser in = FACTORY.createParser(text)) {
            JsonNode value = MAPPER.reader().readTree(in);
            if (value == null || in.nextToken() != null) {
                throw new IOException("not exactly one JSON value");
            }
            return value;
        }
    }

    /** A generator of ASCII text; closing it does not complete what is open. */
    public static JsonGenerator generator(OutputStream out) throws IOException {
        return FACTORY.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
    }

    /** Writes a value; numbers that are whole lose their fraction, as in the real daemon's answers. */
    public static void write(JsonGenerator out, JsonNode value) throws IOException {
        switch (value.getNodeType()) {
            case OBJECT -> {
                out.writeStartObject();
                for (Map.Entry<String, JsonNode> member : value.properties()) {
                    out.writeFieldName(member.getKey());
                    write(out, member.getValue());
                }
                out.writeEndObject();
            }
            case ARRAY -> {
                out.writeStartArray();
                for (JsonNode element : value) {
                    write(out, element);
                }
                out.writeEndArray();
            }
            case STRING -> out.writeString(value.textValue());
            case BOOLEAN -> out.writeBoolean(value.booleanValue());
            case NUMBER -> out.writeNumber(number(value));
            default -> out.writeNull();
        }
    }

    private static String number(JsonNode value) {
        double number = value.doubleValue();
        boolean whole = value.isFloatingPointNumber() && number == Math.rint(number) && Math.abs(number) < EXACT_MAX;
        return whole ? Long.toString((long) number) : value.asText().replace('E', 'e');
    }

    /** The value as error texts show it: a blank after each comma and colon, and cut when it is long. */
    public static String quote(JsonNode value) {
        StringBuilder text = new StringBuilder();
        quote(value, text);
        if (text.length() > QUOTED_CHARS_MAX) {
            text.setLength(QUOTED_CHARS_MAX);
            text.append("...");
        }
        return text.toString();
    }

    private static void quote(JsonNode value, StringBuilder text) {
        if (text.length() > QUOTED_CHARS_MAX) {
            return;
        }
        String separator = "";
        switch (value.getNodeType()) {
            case OBJECT -> {
                text.append('{');
                for (Map.Entry<String, JsonNode> member : value.properties()) {
                    text.append(separator)
                            .append(NODES.textNode(member.getKey()))
                            .append(": ");
                    quote(member.getValue(), text);
                    separator = ", ";
                }
                text.append('}');
            }
            case ARRAY -> {
                text.append('[');
                for (JsonNode element : value) {
                    quote(element, text.append(separator));
                    separator = ", ";
                }
                text.append(']');
            }
            case NUMBER -> text.append(number(value));
            default -> text.append(value);
        }
    }
}
