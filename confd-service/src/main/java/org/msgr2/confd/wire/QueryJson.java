package org.msgr2.confd.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** What a request asks about, as JSON (spec/confd §2). */
public final class QueryJson {
    private QueryJson() {}

    /**
     * Reads the value that the parser is at, as the later era has it.
     *
     * @throws IOException if it is none
     */
    public static Query read(JsonParser in) throws IOException {
        try {
            return new QueryReader(in, WireMode.V3_0).read();
        } catch (Refusal e) {
            throw new IOException("no query", e);
        }
    }

    /** Writes one value. */
    public static void write(Query query, Era era, JsonGenerator out) throws IOException {
        if (query instanceof Query.Text text) {
            out.writeString(text.value());
        } else if (query instanceof Query.Fields fields) {
            write(fields, era, out);
        } else {
            out.writeNull();
        }
    }

    private static void write(Query.Fields fields, Era era, JsonGenerator out) throws IOException {
        out.writeStartObject();
        if (fields.link() != null) {
            out.writeStringField("0", fields.link());
        }
        if (fields.ip() != null) {
            out.writeStringField("1", fields.ip());
        }
        if (!fields.ips().isEmpty()) {
            out.writeArrayFieldStart("2");
            for (String ip : fields.ips()) {
                out.writeString(ip);
            }
            out.writeEndArray();
        }
        if (!fields.fields().isEmpty()) {
            out.writeArrayFieldStart("3");
            for (MasterField field : fields.fields()) {
                if (era == Era.V2_7) {
                    out.writeString(Integer.toString(field.code()));
                } else {
                    out.writeNumber(field.code());
                }
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }
}
