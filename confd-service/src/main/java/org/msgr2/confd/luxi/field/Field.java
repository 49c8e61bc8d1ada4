package org.msgr2.confd.luxi.field;

import java.util.function.Function;

/**
 * A field that queries can ask for.
 *
 * @param doc one sentence, for the list of fields that clients print
 * @param <T> the objects that have it
 */
public record Field<T>(String name, String title, FieldKind kind, String doc, Function<T, Cell> value) {

    /** What answers say about a field that nobody knows. */
    public static <T> Field<T> unknown(String name) {
        return new Field<>(name, name, FieldKind.UNKNOWN, "Unknown field '" + name + "'", item -> Cell.UNKNOWN);
    }

    public Cell of(T item) {
        return value.apply(item);
    }

    public boolean isUnknown() {
        return kind == FieldKind.UNKNOWN;
    }
}
