package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.msgr2.confd.luxi.field.Field;

/** Field definitions in answers. */
final class FieldList {
    private FieldList() {}

    /** Writes the member "fields". */
    static <T> void write(List<Field<T>> fields, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("fields");
        for (Field<T> field : fields) {
            out.writeStartObject();
            out.writeStringField("name", field.name());
            out.writeStringField("title", field.title());
            out.writeStringField("kind", field.kind().wireName());
            out.writeStringField("doc", field.doc());
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
