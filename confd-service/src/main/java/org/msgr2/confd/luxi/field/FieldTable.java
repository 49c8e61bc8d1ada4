package org.msgr2.confd.luxi.field;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.luxi.filter.NaturalOrder;

/**
 * The fields of one kind of object. Immutable.
 *
 * @param <T> the objects
 */
public final class FieldTable<T> {
    private final Map<String, Field<T>> fields = new LinkedHashMap<>();
    private final boolean abbreviatedNames;

    private FieldTable(List<Field<T>> fields, boolean abbreviatedNames) {
        fields.stream()
                .sorted((a, b) -> NaturalOrder.INSTANCE.compare(a.name(), b.name()))
                .forEach(field -> this.fields.put(field.name(), field));
        this.abbreviatedNames = abbreviatedNames;
    }

    /** All of them, by name. */
    public List<Field<T>> all() {
        return List.copyOf(fields.values());
    }

    public @Nullable Field<T> find(String name) {
        return fields.get(name);
    }

    /** The fields of these names; those that do not exist are {@link Field#unknown}. */
    public List<Field<T>> named(List<String> names) {
        List<Field<T>> found = new ArrayList<>(names.size());
        for (String name : names) {
            Field<T> field = fields.get(name);
            found.add(field != null ? field : Field.unknown(name));
        }
        return found;
    }

    /** Whether "=" on this field also takes the first labels of a host name: for nodes' names (observed on 3.0.2). */
    public boolean comparesAsHostName(String field) {
        return abbreviatedNames && field.equals("name");
    }

    /** Collects fields. Not thread-safe. */
    static final class Builder<T> {
        private final List<Field<T>> fields = new ArrayList<>();
        private boolean abbreviatedNames;

        Builder<T> add(String name, String title, FieldKind kind, String doc, Function<T, Cell> value) {
            fields.add(new Field<>(name, title, kind, doc, value));
            return this;
        }

        Builder<T> withAbbreviatedNames() {
            abbreviatedNames = true;
            return this;
        }

        FieldTable<T> build() {
            return new FieldTable<>(fields, abbreviatedNames);
        }
    }
}
