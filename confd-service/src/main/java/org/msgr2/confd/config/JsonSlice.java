package org.msgr2.confd.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One JSON value of the configuration, as it stands in the file. It points into the file's bytes and is parsed when
 * somebody asks; that it is well-formed was seen when the file was indexed.
 *
 * <p>Immutable and thread-safe. Two slices are equal when their bytes are: the same value in other words is not equal.
 * It may hold secrets, so {@link #toString} tells the size only.
 */
public final class JsonSlice {
    private final byte[] source;
    private final int start;
    private final int end;

    JsonSlice(byte[] source, int start, int end) {
        this.source = source;
        this.start = start;
        this.end = end;
    }

    /**
     * A value that is in no file.
     *
     * @param json well-formed, in UTF-8; belongs to the slice from here on
     */
    public static JsonSlice of(byte[] json) {
        return new JsonSlice(json, 0, json.length);
    }

    /** Its length in the file, in bytes. */
    public int sizeBytes() {
        return end - start;
    }

    /** A new parser in front of the value's first token; the caller closes it. */
    public JsonParser parser() throws IOException {
        return ConfigJson.FACTORY.createParser(source, start, end - start);
    }

    /**
     * The value at the end of some steps into this one; null if there is none. Of two members of one name the first counts.
     *
     * @param steps names of members, or positions in arrays
     */
    public @Nullable JsonSlice find(List<String> steps) {
        if (steps.isEmpty()) {
            return this;
        }
        try (JsonParser in = parser()) {
            in.nextToken();
            for (String step : steps) {
                if (!(in.hasToken(JsonToken.START_OBJECT) ? toMember(in, step) : toElement(in, step))) {
                    return null;
                }
            }
            int from = start + (int) in.currentTokenLocation().getByteOffset();
            in.skipChildren();
            in.finishToken();
            return new JsonSlice(
                    source, from, start + (int) in.currentLocation().getByteOffset());
        } catch (IOException e) {
            throw new UncheckedIOException("the slice was indexed as JSON", e);
        }
    }

    private static boolean toMember(JsonParser in, String name) throws IOException {
        String found;
        while ((found = in.nextFieldName()) != null) {
            in.nextToken();
            if (found.equals(name)) {
                return true;
            }
            in.skipChildren();
        }
        return false;
    }

    private static boolean toElement(JsonParser in, String position) throws IOException {
        if (!in.isExpectedStartArrayToken() || !position.matches("0|[1-9][0-9]{0,8}")) {
            return false;
        }
        int left = Integer.parseInt(position);
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (left-- == 0) {
                return true;
            }
            in.skipChildren();
        }
        return false;
    }

    /** The value as a tree of the caller's own. Meant for single objects. */
    public JsonNode readTree() {
        try (JsonParser in = parser()) {
            return ConfigJson.MAPPER.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the slice was indexed as JSON", e);
        }
    }

    /** The same value with bytes of its own: the file that it came from can be forgotten. */
    public JsonSlice detached() {
        return new JsonSlice(toBytes(), 0, sizeBytes());
    }

    /** A copy of the value's bytes, in UTF-8. */
    public byte[] toBytes() {
        return Arrays.copyOfRange(source, start, end);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonSlice that && Arrays.equals(source, start, end, that.source, that.start, that.end);
    }

    @Override
    public int hashCode() {
        // The length and the last bytes, where Ganeti puts serial numbers and uuids: never a walk through megabytes.
        int hash = sizeBytes();
        for (int at = Math.max(start, end - 64); at < end; at++) {
            hash = 31 * hash + source[at];
        }
        return hash;
    }

    @Override
    public String toString() {
        return "JsonSlice[" + sizeBytes() + " bytes]";
    }
}
