package org.msgr2.confd.wire;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;

/**
 * Writes replies (spec/confd §1.3). Reuses its buffers: one per thread; not thread-safe.
 */
public final class ReplyEncoder {
    private static final SerializableString PROTOCOL = new SerializedString("protocol");
    private static final SerializableString STATUS = new SerializedString("status");
    private static final SerializableString ANSWER = new SerializedString("answer");
    private static final SerializableString SERIAL = new SerializedString("serial");

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
                    out.writeFieldName(PROTOCOL);
                    out.writeNumber(1);
                    out.writeFieldName(STATUS);
                    out.writeNumber(answer.status().code());
                    out.writeFieldName(ANSWER);
                    answer.body().writeTo(out);
                    out.writeFieldName(SERIAL);
                    out.writeNumber(answer.serial());
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
