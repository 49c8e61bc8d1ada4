package org.msgr2.confd.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Writes exactly one JSON value. Can be called again, with the same result. */
@FunctionalInterface
public interface AnswerBody {
    void writeTo(JsonGenerator out) throws IOException;
}
