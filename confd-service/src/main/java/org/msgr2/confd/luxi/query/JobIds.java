package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import org.msgr2.confd.luxi.fault.BadValueException;
import org.msgr2.confd.luxi.json.LuxiJson;

/** Job numbers in requests: numbers, or strings of digits. */
final class JobIds {
    private static final int DIGITS_MAX = 18;
    private static final BigDecimal MAX = BigDecimal.TEN.pow(DIGITS_MAX).subtract(BigDecimal.ONE);

    private JobIds() {}

    static long id(JsonNode value) throws BadValueException {
        if (value.isTextual()) {
            String text = value.textValue().strip();
            if (!text.matches("[0-9]{1," + DIGITS_MAX + "}")) {
                throw new BadValueException("parsing job id: cannot parse string '" + value.textValue() + "'");
            }
            return Long.parseLong(text);
        }
        if (!value.isNumber()) {
            throw new BadValueException("Wrong type/value for job id: " + LuxiJson.quote(value));
        }
        BigDecimal number = value.decimalValue();
        if (number.signum() < 0 || number.compareTo(MAX) > 0) {
            throw new BadValueException("Invalid value for job ID ' " + LuxiJson.quote(value) + "'");
        }
        if (number.stripTrailingZeros().scale() > 0) {
            throw new BadValueException("Got fractional job ID: " + LuxiJson.quote(value));
        }
        return number.longValue();
    }
}
