package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The first place where two JSON values differ.
 *
 * @param path a JSON pointer
 * @param left what is there in the one, missing if nothing is
 * @param right and in the other
 */
record JsonDifference(String path, JsonNode left, JsonNode right) {

    /** Compares numbers by their values: JSON knows no other difference. The order of members is none. */
    static Optional<JsonDifference> first(JsonNode left, JsonNode right) {
        return first("", left, right);
    }

    private static Optional<JsonDifference> first(String path, JsonNode left, JsonNode right) {
        if (left.isObject() && right.isObject()) {
            TreeSet<String> names = new TreeSet<>();
            left.fieldNames().forEachRemaining(names::add);
            right.fieldNames().forEachRemaining(names::add);
            return names.stream()
                    .map(name -> first(path + "/" + name, left.path(name), right.path(name)))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
        if (left.isArray() && right.isArray()) {
            return IntStream.range(0, Math.max(left.size(), right.size()))
                    .mapToObj(index -> first(path + "/" + index, left.path(index), right.path(index)))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
        boolean same = (left.isNumber() && right.isNumber())
                ? left.decimalValue().compareTo(right.decimalValue()) == 0
                : left.equals(right);
        return same ? Optional.empty() : Optional.of(new JsonDifference(path, left, right));
    }

    @Override
    public String toString() {
        return "at \"%s\": %.200s against %.200s".formatted(path, left, right);
    }
}
