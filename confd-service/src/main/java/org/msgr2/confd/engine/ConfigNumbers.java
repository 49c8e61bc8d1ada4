package org.msgr2.confd.engine;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * Numbers with a fraction as the real daemon writes them, which has read them into types and writes these anew: whole
 * numbers lose the fraction, and times went through a count of picoseconds, which costs some the last bit (observed on
 * 3.0.2; spec/confd §2, type 10).
 */
final class ConfigNumbers {
    /** Up to here every whole double is exactly a long, and its digits are what was in the file. */
    private static final double WHOLE_MAX = 1L << 53;

    private static final double PICOSECONDS = 1e12;

    private ConfigNumbers() {}

    /**
     * Writes the number that the parser is at.
     *
     * @param name of the member that it is the value of, or ""
     */
    static void write(String name, JsonParser in, JsonGenerator out) throws IOException {
        double value = in.getDoubleValue();
        if (name.equals("ctime") || name.equals("mtime")) {
            value = throughPicoseconds(value);
        }
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
}
