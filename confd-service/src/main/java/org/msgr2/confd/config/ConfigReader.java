package org.msgr2.confd.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of a lenient schema from a stream of tokens: what has another type than expected counts as absent, so
 * that one odd field does not cost the whole cluster. Every method is called at the value's first token and ends at its
 * last. Not thread-safe.
 */
final class ConfigReader {
    private final byte[] bytes;
    private final JsonParser in;
    /** Keys of nodes and links recur in every instance: one string for each of them. */
    private final Map<String, String> pool = new HashMap<>();

    ConfigReader(byte[] bytes, JsonParser in) {
        this.bytes = bytes;
        this.in = in;
    }

    /** Something that reads one member; at the value's first token. */
    @FunctionalInterface
    interface Member {
        void read(String name) throws IOException, ConfigException;
    }

    /** Reads all members of an object; a value of another type is skipped. */
    void object(Member member) throws IOException, ConfigException {
        if (!in.hasToken(JsonToken.START_OBJECT)) {
            in.skipChildren();
            return;
        }
        String name;
        while ((name = in.nextFieldName()) != null) {
            in.nextToken();
            member.read(name);
        }
    }

    /** Reads all elements of an array; a value of another type is skipped. */
    void array(Member element) throws IOException, ConfigException {
        if (!in.hasToken(JsonToken.START_ARRAY)) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() != JsonToken.END_ARRAY) {
            element.read("");
        }
    }

    /** Where the current token starts. */
    int start() throws ConfigException {
        return offset(in.currentTokenLocation().getByteOffset());
    }

    /** The value that started there and ends with the current token. */
    JsonSlice sliceFrom(int start) throws IOException, ConfigException {
        in.finishToken();
        return new JsonSlice(bytes, start, offset(in.currentLocation().getByteOffset()));
    }

    private static int offset(long byteOffset) throws ConfigException {
        if (byteOffset < 0) {
            throw new ConfigException("the configuration is not in UTF-8");
        }
        return Math.toIntExact(byteOffset);
    }

    void skip() throws IOException {
        in.skipChildren();
    }

    boolean isObject() {
        return in.hasToken(JsonToken.START_OBJECT);
    }

    @Nullable String text() throws IOException {
        if (in.hasToken(JsonToken.VALUE_STRING)) {
            return in.getText();
        }
        in.skipChildren();
        return null;
    }

    String text(String otherwise) throws IOException {
        String text = text();
        return text == null ? otherwise : text;
    }

    @Nullable String pooled() throws IOException {
        String text = text();
        return text == null ? null : pooled(text);
    }

    String pooled(String text) {
        String known = pool.putIfAbsent(text, text);
        return known == null ? text : known;
    }

    boolean flag() throws IOException {
        in.skipChildren();
        return in.hasToken(JsonToken.VALUE_TRUE);
    }

    /** A whole number; 0 if it is none or beyond 64 bits. */
    long number() throws IOException {
        if (in.hasToken(JsonToken.VALUE_NUMBER_INT) && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return in.getLongValue();
        }
        in.skipChildren();
        return 0;
    }

    List<String> texts() throws IOException, ConfigException {
        List<String> texts = new ArrayList<>();
        array(element -> {
            String text = text();
            if (text != null) {
                texts.add(text);
            }
        });
        return List.copyOf(texts);
    }
}
