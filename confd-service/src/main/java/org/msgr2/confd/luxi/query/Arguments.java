package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.msgr2.confd.luxi.fault.BadValueException;

/** A call's arguments as the types that methods want. Error texts are the real daemon's. */
record Arguments(List<JsonNode> values) {
    private static final List<String> TUPLES = List.of("Unit", "1 tuple", "Pair", "Triple");

    /** Exactly so many of them, at most three. */
    static Arguments of(JsonNode json, int count) throws BadValueException {
        if (!json.isArray() || json.size() != count) {
            throw new BadValueException("Unable to read " + TUPLES.get(count));
        }
        return new Arguments(elements(json));
    }

    private static List<JsonNode> elements(JsonNode array) {
        List<JsonNode> elements = new ArrayList<>(array.size());
        array.forEach(elements::add);
        return List.copyOf(elements);
    }

    JsonNode get(int index) {
        return values.get(index);
    }

    String text(int index) throws BadValueException {
        return text(get(index));
    }

    private static String text(JsonNode value) throws BadValueException {
        if (!value.isTextual()) {
            throw new BadValueException("Unable to read String");
        }
        return value.textValue();
    }

    boolean flag(int index) throws BadValueException {
        if (!get(index).isBoolean()) {
            throw new BadValueException("Unable to read Bool");
        }
        return get(index).booleanValue();
    }

    List<String> texts(int index, int countMax) throws BadValueException {
        return texts(get(index), countMax);
    }

    static List<String> texts(JsonNode value, int countMax) throws BadValueException {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : list(value, countMax)) {
            texts.add(text(element));
        }
        return List.copyOf(texts);
    }

    static List<JsonNode> list(JsonNode value, int countMax) throws BadValueException {
        if (!value.isArray()) {
            throw new BadValueException("Unable to read list");
        }
        if (value.size() > countMax) {
            throw new BadValueException("More than " + countMax + " elements in a list");
        }
        return elements(value);
    }
}
