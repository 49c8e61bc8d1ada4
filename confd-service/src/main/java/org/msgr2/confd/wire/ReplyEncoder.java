package org.msgr2.confd.wire;

/**
 * Writes replies (spec/confd §1.3). Reuses its buffers: one per thread; not thread-safe.
 */
public final class ReplyEncoder {
    private final DatagramWriter writer;

    public ReplyEncoder(ConfdKey key, WireLimits limits) {
        writer = new DatagramWriter(key, limits.replyBytesMax());
    }

    /**
     * @param rsalt of the request
     * @return false if the reply fits no datagram: then there is none
     */
    public boolean encode(Answer answer, String rsalt) {
        return writer.write(
                out -> {
                    out.writeStartObject();
                    out.writeNumberField("protocol", 1);
                    out.writeNumberField("status", answer.status().code());
                    out.writeFieldName("answer");
                    answer.body().writeTo(out);
                    out.writeNumberField("serial", answer.serial());
                    out.writeEndObject();
                },
                rsalt);
    }

    /** The reply that was encoded last: the first {@link #length} bytes of a buffer that the next one overwrites. */
    public byte[] bytes() {
        return writer.bytes();
    }

    public int length() {
        return writer.length();
    }
}
