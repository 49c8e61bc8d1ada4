package org.msgr2.confd.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigPath;
import org.msgr2.confd.config.JsonSlice;

/**
 * A value of the configuration, or the default of one that the file leaves out. Immutable.
 *
 * @param slice as the file has it: what is missing in it is filled in when it is written
 * @param type what is known of it
 */
record TypedValue(JsonSlice slice, ConfigType type) {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** The value at a path; null if there is none. */
    static @Nullable TypedValue find(ClusterConfig config, ConfigPath path) {
        ConfigType type = ConfigType.of(config);
        List<String> steps = path.steps();
        // Objects of a container are found by its index.
        int indexed = steps.size() > 1 && config.members(steps.get(0)) != null ? 2 : 1;
        if (type == ConfigType.ANY || steps.size() < indexed) {
            JsonSlice slice = config.find(path);
            return slice == null ? null : new TypedValue(slice, type);
        }
        JsonSlice slice = config.find(new ConfigPath(steps.subList(0, indexed)));
        TypedValue value;
        if (indexed == 1) {
            value = member(type, steps.get(0), slice);
        } else {
            ConfigType object = type.at(steps.get(0)).at(steps.get(1));
            value = slice == null ? null : new TypedValue(slice, object);
        }
        for (String step : steps.subList(indexed, steps.size())) {
            value = value == null ? null : value.at(step);
        }
        return value;
    }

    private @Nullable TypedValue at(String step) {
        JsonSlice in = type == ConfigType.TAGS ? inOrder(slice) : slice;
        return member(type, step, in.find(List.of(step)));
    }

    /** What a member is, given what the file has for it. */
    private static @Nullable TypedValue member(ConfigType type, String name, @Nullable JsonSlice slice) {
        if (slice == null || (type.isTyped() && isNull(slice))) {
            return type.withDefault(name) == 0
                    ? null
                    : new TypedValue(JsonSlice.of(type.defaultOf(name).getBytes(UTF_8)), type.at(name));
        }
        return type.isUnsaid(name) && isFalseOrEmpty(slice) ? null : new TypedValue(slice, type.at(name));
    }

    private static boolean isNull(JsonSlice slice) {
        try (JsonParser in = slice.parser()) {
            return in.nextToken() == JsonToken.VALUE_NULL;
        } catch (IOException e) {
            throw new UncheckedIOException("the slice was indexed as JSON", e);
        }
    }

    private static boolean isFalseOrEmpty(JsonSlice slice) {
        try (JsonParser in = slice.parser()) {
            JsonToken first = in.nextToken();
            return first == JsonToken.VALUE_FALSE
                    || (first == JsonToken.START_OBJECT && in.nextToken() == JsonToken.END_OBJECT);
        } catch (IOException e) {
            throw new UncheckedIOException("the slice was indexed as JSON", e);
        }
    }

    private static JsonSlice inOrder(JsonSlice tags) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(tags.sizeBytes());
        try (JsonParser in = tags.parser();
                JsonGenerator out = FACTORY.createGenerator(json)) {
            if (in.nextToken() != JsonToken.START_ARRAY) {
                return tags;
            }
            Tags.read(in).writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("the slice was indexed as JSON", e);
        }
        return JsonSlice.of(json.toByteArray());
    }
}
