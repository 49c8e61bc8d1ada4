package org.msgr2.confd.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;

/** An answer outside a datagram: an object with {@code status}, {@code answer}, {@code serial} and {@code revision}. */
public final class AnswerJson {
    private AnswerJson() {}

    /**
     * @param revision the serial number of the file that was answered from; -1 if there was none
     * @param to not closed
     */
    public static void write(Answer answer, long revision, OutputStream to) throws IOException {
        try (JsonGenerator out = WireJson.generator(to)) {
            out.writeStartObject();
            out.writeNumberField("status", answer.status().code());
            out.writeFieldName("answer");
            answer.body().writeTo(out);
            out.writeNumberField("serial", answer.serial());
            out.writeNumberField("revision", revision);
            out.writeEndObject();
        }
    }
}
