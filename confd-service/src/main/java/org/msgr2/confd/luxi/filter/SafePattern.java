package org.msgr2.confd.luxi.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.regex.Matcher;
import org.msgr2.confd.luxi.fault.BadValueException;

/**
 * Regular expressions from strangers: RE2 matches in linear time, so none can hang the service. The real daemon uses
 * PCRE; look-around and back-references are errors here.
 */
final class SafePattern {
    private static final java.util.regex.Pattern COUNT =
            java.util.regex.Pattern.compile("\\{([0-9]+)(?:,([0-9]*))?\\}");

    private SafePattern() {}

    static Pattern compile(String expression, int stepsMax) throws BadValueException {
        if (steps(expression) > stepsMax) {
            throw new BadValueException(
                    "The regular expression is too large: length times repetitions is limited to " + stepsMax);
        }
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new BadValueException("(" + expression.length() + "," + quoted(e.getDescription()) + ")");
        }
    }

    /** RE2 unrolls counted repetitions, and nested ones multiply. Braces that are no counts only make it stricter. */
    private static double steps(String expression) {
        double steps = Math.max(1, expression.length());
        Matcher counts = COUNT.matcher(expression);
        while (counts.find()) {
            String most = counts.group(2);
            steps *= Math.max(1, Double.parseDouble(most == null || most.isEmpty() ? counts.group(1) : most));
        }
        return steps;
    }

    /** PCRE's words for the mistakes that people make, where a client may know them. */
    private static String quoted(String description) {
        String text = switch (description) {
            case "missing closing )" -> "missing )";
            case "missing closing ]" -> "missing terminating ] for character class";
            default -> description;
        };
        return '"' + text + '"';
    }
}
