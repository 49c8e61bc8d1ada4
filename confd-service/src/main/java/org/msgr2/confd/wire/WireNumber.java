package org.msgr2.confd.wire;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** Integers of the wire, where 0.0 counts as 0 (spec/confd §1.2). */
final class WireNumber {
    private WireNumber() {}

    /** The number that the parser is at; {@code otherwise} if it is no number, not whole, or beyond 32 bits. */
    static int of(JsonParser in, int otherwise) throws IOException {
        if (!in.currentToken().isNumeric()) {
            return otherwise;
        }
        double value = in.getDoubleValue();
        return value == (int) value ? (int) value : otherwise;
    }
}
