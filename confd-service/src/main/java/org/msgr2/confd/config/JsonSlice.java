package org.msgr2.confd.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

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

    /** Its length in the file, in bytes. */
    public int sizeBytes() {
        return end - start;
    }

    /** A new parser in front of the value's first token; the caller closes it. */
    public JsonParser parser() throws IOException {
        return ConfigJson.FACTORY.createParser(source, start, end - start);
    }

    /** The value as a tree of the caller's own. Meant for single objects. */
    public JsonNode readTree() {
        try (JsonParser in = parser()) {
            return ConfigJson.MAPPER.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the slice was indexed as JSON", e);
        }
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
