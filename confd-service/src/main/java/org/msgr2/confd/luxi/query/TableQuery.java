package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.luxi.fault.RefusedCallException;
import org.msgr2.confd.luxi.field.Cell;
import org.msgr2.confd.luxi.field.Field;
import org.msgr2.confd.luxi.filter.Filter;
import org.msgr2.confd.luxi.json.LuxiJson;

/**
 * A query about one kind of object: which fields of which objects (spec/confd §7). Used once; not thread-safe.
 *
 * @param <T> the objects
 */
final class TableQuery<T> {
    private final List<Field<T>> fields;
    private final FilterTest<T> test;
    private final List<T> candidates;

    private TableQuery(List<Field<T>> fields, FilterTest<T> test, List<T> candidates) {
        this.fields = fields;
        this.test = test;
        this.candidates = candidates;
    }

    /** A filter that lists names is about these, in its order; every other one picks from all. */
    static <T> TableQuery<T> of(Source<T> source, List<String> fields, @Nullable Filter filter)
            throws RefusedCallException {
        List<JsonNode> names = Requested.names(filter, source.namingField());
        List<T> named = names == null ? null : source.named(names);
        return over(source, fields, filter, named != null ? named : source.all(fields));
    }

    static <T> TableQuery<T> over(Source<T> source, List<String> fields, @Nullable Filter filter, List<T> candidates)
            throws RefusedCallException {
        FilterTest<T> test = filter == null ? FilterTest.all() : new FilterCompiler<>(source.fields()).compile(filter);
        return new TableQuery<>(source.fields().named(fields), test, candidates);
    }

    List<Field<T>> fields() {
        return fields;
    }

    /** With field definitions, and a status beside every value. */
    void write(JsonGenerator out) throws IOException, RefusedCallException {
        out.writeStartObject();
        FieldList.write(fields, out);
        out.writeArrayFieldStart("data");
        for (T item : candidates) {
            if (test.test(item)) {
                out.writeStartArray();
                for (Field<T> field : fields) {
                    write(field.of(item), out);
                }
                out.writeEndArray();
            }
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void write(Cell cell, JsonGenerator out) throws IOException {
        out.writeStartArray();
        out.writeNumber(cell.status().code());
        LuxiJson.write(out, cell.value());
        out.writeEndArray();
    }

    /** Bare values. */
    void writeValues(JsonGenerator out) throws IOException, RefusedCallException {
        out.writeStartArray();
        for (T item : candidates) {
            if (test.test(item)) {
                out.writeStartArray();
                for (Field<T> field : fields) {
                    LuxiJson.write(out, field.of(item).value());
                }
                out.writeEndArray();
            }
        }
        out.writeEndArray();
    }
}
