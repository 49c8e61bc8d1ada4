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

    /** Writes a value that is found at a path. */
    public void write(JsonSlice slice, ConfigPath path, JsonGenerator out) throws IOException {
        List<String> steps = path.steps();
        if (secretsHidden && isSecret(steps)) {
            out.writeNull();
            return;
        }
        try (JsonParser in = slice.parser()) {
            in.nextToken();
            writeNamed(steps.isEmpty() ? "" : steps.get(steps.size() - 1), in, out);
        }
    }

    /** The same value as {@link #write(JsonSlice, ConfigPath, JsonGenerator)} writes it. */
    public JsonSlice rewritten(JsonSlice slice, ConfigPath path) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(slice.sizeBytes());
        try (JsonGenerator out = FACTORY.createGenerator(json)) {
            write(slice, path, out);
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
    void write(JsonSlice slice, JsonGenerator out) throws IOException {
        try (JsonParser in = slice.parser()) {
            in.nextToken();
            writeNamed("", in, out);
        }
    }

    /** Writes the value that the parser is at, and of which a member's name is known; ends at its last token. */
    private void writeNamed(String name, JsonParser in, JsonGenerator out) throws IOException {
        switch (in.currentToken()) {
            case START_OBJECT -> writeObject(in, out);
            case START_ARRAY -> writeArray(secretsHidden && name.equals(LOGICAL_ID), in, out);
            case VALUE_STRING -> out.writeString(in.getTextCharacters(), in.getTextOffset(), in.getTextLength());
            case VALUE_NUMBER_FLOAT -> ConfigNumbers.write(name, in, out);
            default -> out.copyCurrentEvent(in);
        }
    }

    private void writeObject(JsonParser in, JsonGenerator out) throws IOException {
        out.writeStartObject();
        String name;
        while ((name = in.nextFieldName()) != null) {
            in.nextToken();
            out.writeFieldName(name);
            if (secretsHidden && PRIVATE.contains(name)) {
                in.skipChildren();
                out.writeNull();
            } else {
                writeNamed(name, in, out);
            }
        }
        out.writeEndObject();
    }

    private void writeArray(boolean hidesSecret, JsonParser in, JsonGenerator out) throws IOException {
        out.writeStartArray();
        for (int position = 0; in.nextToken() != JsonToken.END_ARRAY; position++) {
            if (hidesSecret && position == SECRET_POSITION) {
                in.skipChildren();
                out.writeNull();
            } else {
                writeNamed("", in, out);
            }
        }
        out.writeEndArray();
    }
}
