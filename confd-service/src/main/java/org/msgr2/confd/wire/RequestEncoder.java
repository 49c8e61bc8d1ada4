package org.msgr2.confd.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Arrays;

/** Writes requests (spec/confd §1.2). Reuses its buffers; not thread-safe. */
public final class RequestEncoder {
    private final DatagramWriter writer;
    private final int bytesMax;
    private final Era era;

    /**
     * @param era of the servers that are asked
     */
    public RequestEncoder(ConfdKey key, Era era, WireLimits limits) {
        this.era = era;
        bytesMax = limits.requestBytesMax();
        writer = new DatagramWriter(key, bytesMax);
    }

    /**
     * A datagram of the caller's own.
     *
     * @param rsalt fresh for every request: replies are found by it
     * @param nowS the wall clock, in seconds since 1970
     * @throws IllegalArgumentException if the era has no such request, or it is longer than what servers read
     */
    public byte[] encode(RequestType type, Query query, String rsalt, long nowS) {
        if (!type.existsIn(era)) {
            throw new IllegalArgumentException("servers of the era " + era + " do not know " + type.label());
        }
        boolean written = writer.write(
                out -> {
                    out.writeStartObject();
                    out.writeNumberField("protocol", 1);
                    out.writeNumberField("type", type.code());
                    out.writeFieldName("query");
                    write(query, out);
                    out.writeStringField("rsalt", rsalt);
                    out.writeEndObject();
                },
                Long.toString(nowS));
        if (!written) {
            throw new IllegalArgumentException("the request is longer than " + bytesMax + " bytes, or no Unicode");
        }
        return Arrays.copyOf(writer.bytes(), writer.length());
    }

    private void write(Query query, JsonGenerator out) throws IOException {
        if (query instanceof Query.Text text) {
            out.writeString(text.value());
        } else if (query instanceof Query.Fields fields) {
            write(fields, out);
        } else {
            out.writeNull();
        }
    }

    private void write(Query.Fields fields, JsonGenerator out) throws IOException {
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
