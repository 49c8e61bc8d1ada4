package org.msgr2.confd.wire;

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
                    QueryJson.write(query, era, out);
                    out.writeStringField("rsalt", rsalt);
                    out.writeEndObject();
                },
                Long.toString(nowS));
        if (!written) {
            throw new IllegalArgumentException("the request is longer than " + bytesMax + " bytes, or no Unicode");
        }
        return Arrays.copyOf(writer.bytes(), writer.length());
    }
}
