package org.msgr2.confd.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigObject;
import org.msgr2.confd.config.ConfigPath;
import org.msgr2.confd.config.JsonSlice;

/**
 * Writes values of the configuration the way the real daemon does (spec/confd §2, type 10), with or without its secrets:
 * the parameters in {@code osparams_private} and {@code osparams_private_cluster}, and the shared secrets of DRBD disks.
 * Stateless and thread-safe.
 */
public final class ConfigValues {
    private static final Set<String> PRIVATE = Set.of("osparams_private", "osparams_private_cluster");
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final String LOGICAL_ID = "logical_id";

    /** Of the secret in a DRBD disk's logical id; other disks have fewer elements. */
    private static final int SECRET_POSITION = 5;

    private final boolean secretsHidden;

    public ConfigValues(boolean secretsHidden) {
        this.secretsHidden = secretsHidden;
    }

    /** Writes a value that is found at a path, as the file has it but for its numbers. */
    public void write(JsonSlice slice, ConfigPath path, JsonGenerator out) throws IOException {
        write(slice, path, ConfigType.ANY, out);
    }

    /** Writes a value of a known type that is found at a path. */
    void write(JsonSlice slice, ConfigPath path, ConfigType type, JsonGenerator out) throws IOException {
        List<String> steps = path.steps();
        if (secretsHidden && isSecret(steps)) {
            out.writeNull();
            return;
        }
        try (JsonParser in = slice.parser()) {
            in.nextToken();
            writeNamed(steps.isEmpty() ? "" : steps.get(steps.size() - 1), type, in, out);
        }
    }

    /** The same value as {@link #write(JsonSlice, ConfigPath, JsonGenerator)} writes it. */
    public JsonSlice rewritten(JsonSlice slice, ConfigPath path) {
        return collected(slice, out -> write(slice, path, out));
    }

    /** An object with its secrets and with what the file leaves out. */
    public static JsonSlice filled(ClusterConfig config, ConfigObject object) {
        return filled(object.json(), ConfigType.of(config, object));
    }

    /** The cluster with its secrets and with what the file leaves out. */
    public static JsonSlice filledCluster(ClusterConfig config) {
        return filled(config.cluster().json(), ConfigType.of(config).at("cluster"));
    }

    private static JsonSlice filled(JsonSlice slice, ConfigType type) {
        return type == ConfigType.ANY
                ? slice
                : collected(slice, out -> new ConfigValues(false).write(slice, type, out));
    }

    private interface Writer {
        void writeTo(JsonGenerator out) throws IOException;
    }

    private static JsonSlice collected(JsonSlice like, Writer writer) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(like.sizeBytes());
        try (JsonGenerator out = FACTORY.createGenerator(json)) {
            writer.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("the slice was indexed as JSON", e);
        }
        return JsonSlice.of(json.toByteArray());
    }

    private static boolean isSecret(List<String> steps) {
        int id = steps.indexOf(LOGICAL_ID);
        return steps.stream().anyMatch(PRIVATE::contains)
                || (id >= 0 && id + 1 < steps.size() && steps.get(id + 1).equals(Integer.toString(SECRET_POSITION)));
    }

    /** Writes an object of a container, at whatever path. */
    void write(JsonSlice slice, ConfigType type, JsonGenerator out) throws IOException {
        try (JsonParser in = slice.parser()) {
            in.nextToken();
            writeNamed("", type, in, out);
        }
    }

    /** Writes the value that the parser is at, and of which a member's name is known; ends at its last token. */
    private void writeNamed(String name, ConfigType type, JsonParser in, JsonGenerator out) throws IOException {
        switch (in.currentToken()) {
            case START_OBJECT -> {
                in.nextToken();
                writeObject(type, in, out);
            }
            case START_ARRAY -> {
                if (type == ConfigType.TAGS) {
                    Tags.read(in).writeTo(out);
                } else {
                    writeArray(secretsHidden && name.equals(LOGICAL_ID), type.at(""), in, out);
                }
            }
            case VALUE_STRING -> out.writeString(in.getTextCharacters(), in.getTextOffset(), in.getTextLength());
            case VALUE_NUMBER_FLOAT -> ConfigNumbers.write(name, in, out);
            default -> out.copyCurrentEvent(in);
        }
    }

    /** Writes the object in front of whose members, or at whose end, the parser is. */
    private void writeObject(ConfigType type, JsonParser in, JsonGenerator out) throws IOException {
        out.writeStartObject();
        int missing = type.allWithDefault();
        for (; in.currentToken() != JsonToken.END_OBJECT; in.nextToken()) {
            String name = in.currentName();
            JsonToken value = in.nextToken();
            if (type.isTyped() && value == JsonToken.VALUE_NULL) {
                continue;
            }
            missing &= ~type.withDefault(name);
            if (type.isUnsaid(name)) {
                writeUnlessEmpty(name, in, out);
            } else if (secretsHidden && PRIVATE.contains(name)) {
                in.skipChildren();
                out.writeNullField(name);
            } else {
                out.writeFieldName(name);
                writeNamed(name, type.at(name), in, out);
            }
        }
        if (missing != 0) {
            writeDefaults(type, missing, out);
        }
        out.writeEndObject();
    }

    private void writeUnlessEmpty(String name, JsonParser in, JsonGenerator out) throws IOException {
        if (in.hasToken(JsonToken.START_OBJECT)) {
            if (in.nextToken() != JsonToken.END_OBJECT) {
                out.writeFieldName(name);
                writeObject(ConfigType.ANY, in, out);
            }
        } else if (!in.hasToken(JsonToken.VALUE_FALSE)) {
            out.writeFieldName(name);
            writeNamed(name, ConfigType.ANY, in, out);
        }
    }

    private void writeDefaults(ConfigType type, int missing, JsonGenerator out) throws IOException {
        for (String name : type.namesWithDefault()) {
            if ((missing & type.withDefault(name)) != 0) {
                out.writeFieldName(name);
                // That there is no secret is one, too.
                out.writeRawValue(secretsHidden && PRIVATE.contains(name) ? "null" : type.defaultOf(name));
            }
        }
    }

    private void writeArray(boolean hidesSecret, ConfigType element, JsonParser in, JsonGenerator out)
            throws IOException {
        out.writeStartArray();
        for (int position = 0; in.nextToken() != JsonToken.END_ARRAY; position++) {
            if (hidesSecret && position == SECRET_POSITION) {
                in.skipChildren();
                out.writeNull();
            } else {
                writeNamed("", element, in, out);
            }
        }
        out.writeEndArray();
    }
}
