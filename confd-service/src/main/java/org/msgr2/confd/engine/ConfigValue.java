package org.msgr2.confd.engine;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import org.msgr2.confd.config.JsonSlice;
import org.msgr2.confd.wire.AnswerBody;

/**
 * Writes values of the configuration the way the real daemon does, which has read them into types and writes these anew:
 * whole numbers lose their fraction, and times went through a count of picoseconds, which costs some the last bit
 * (observed on 3.0.2; spec/confd §2, type 10).
 */
final class ConfigValue {
    /** Up to here every whole double is exactly a long, and its digits are what was in the file. */
    private static final double WHOLE_MAX = 1L << 53;

    private static final double PICOSECONDS = 1e12;

    private ConfigValue() {}

    static AnswerBody of(JsonSlice slice) {
        return out -> write(slice, out);
    }

    static void write(JsonSlice slice, JsonGenerator out) throws IOException {
        try (JsonParser in = slice.parser()) {
            while (in.nextToken() != null) {
                copyToken(in, out);
            }
        }
    }

    private static void copyToken(JsonParser in, JsonGenerator out) throws IOException {
        switch (in.currentToken()) {
            case FIELD_NAME -> out.writeFieldName(in.currentName());
            case VALUE_STRING -> out.writeString(in.getTextCharacters(), in.getTextOffset(), in.getTextLength());
            case VALUE_NUMBER_FLOAT -> {
                double value = in.getDoubleValue();
                writeNumber(isTime(in.currentName()) ? throughPicoseconds(value) : value, in, out);
            }
            default -> out.copyCurrentEvent(in);
        }
    }

    private static boolean isTime(String name) {
        return "ctime".equals(name) || "mtime".equals(name);
    }

    private static void writeNumber(double value, JsonParser in, JsonGenerator out) throws IOException {
        if (value == Math.rint(value) && Math.abs(value) <= WHOLE_MAX) {
            out.writeNumber((long) value);
        } else if (Double.isFinite(value)) {
            out.writeNumber(value);
        } else {
            out.writeNumber(in.getText());
        }
    }

    private static double throughPicoseconds(double seconds) {
        if (!Double.isFinite(seconds) || Math.abs(seconds) > WHOLE_MAX) {
            return seconds;
        }
        return new BigDecimal(seconds).movePointRight(12).toBigInteger().doubleValue() / PICOSECONDS;
    }

    /** A single number, which has no name of its own. */
    static AnswerBody time(JsonSlice slice) {
        return out -> {
            try (JsonParser in = slice.parser()) {
                if (in.nextToken() == JsonToken.VALUE_NUMBER_FLOAT) {
                    writeNumber(throughPicoseconds(in.getDoubleValue()), in, out);
                } else {
                    out.copyCurrentStructure(in);
                }
            }
        };
    }

    /** The value at the end of a path whose last step has that name. */
    static AnswerBody named(String name, JsonSlice slice) {
        return isTime(name) ? time(slice) : of(slice);
    }
}
