package org.msgr2.confd.luxi.filter;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.msgr2.confd.luxi.fault.BadValueException;
import org.msgr2.confd.luxi.json.LuxiJson;

/** Filters from their JSON (spec/confd §7): an array of an operator and its arguments. Used once; not thread-safe. */
public final class FilterParser {
    /** Fractions with more digits are not reduced for the error text. */
    private static final int FRACTION_DIGITS_MAX = 20;

    private final FilterLimits limits;
    private int terms;

    private FilterParser(FilterLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads a filter.
     *
     * @throws BadValueException in the real daemon's words: clients show them to people
     */
    public static Filter parse(JsonNode json, FilterLimits limits) throws BadValueException {
        return new FilterParser(limits).filter(json, 1);
    }

    private Filter filter(JsonNode json, int depth) throws BadValueException {
        if (depth > limits.depthMax()) {
            throw new BadValueException("The filter is nested deeper than " + limits.depthMax());
        }
        if (++terms > limits.termsMax()) {
            throw new BadValueException("The filter has more than " + limits.termsMax() + " terms");
        }
        if (!json.isArray() || !json.path(0).isTextual()) {
            throw new BadValueException(
                    "Cannot deserialise filter: expected array [string, args], got " + LuxiJson.quote(json));
        }
        String operator = json.get(0).textValue();
        List<JsonNode> arguments = new ArrayList<>(json.size());
        json.forEach(arguments::add);
        return filter(operator, arguments.subList(1, arguments.size()), depth);
    }

    private Filter filter(String operator, List<JsonNode> arguments, int depth) throws BadValueException {
        return switch (operator) {
            case "&" -> new Filter.All(filters(arguments, depth));
            case "|" -> new Filter.Any(filters(arguments, depth));
            case "!" -> new Filter.Not(filter(only(arguments, "filter"), depth + 1));
            case "?" -> new Filter.Truth(text(only(arguments, "fieldname")));
            case "=~" -> new Filter.Matches(text(first(arguments)), pattern(arguments.get(1)));
            case "=[]" -> new Filter.Contains(text(first(arguments)), value(arguments.get(1)));
            // A negation, so that a field without a value does not pass (observed on 3.0.2)
            case "!=" -> new Filter.Not(comparison(Relation.EQUAL, arguments));
            default -> {
                Relation relation = Relation.of(operator);
                if (relation == null) {
                    throw new BadValueException("Unknown filter operand '" + operator + "'");
                }
                yield comparison(relation, arguments);
            }
        };
    }

    private Pattern pattern(JsonNode expression) throws BadValueException {
        return SafePattern.compile(text(expression), limits.patternStepsMax());
    }

    private static Filter comparison(Relation relation, List<JsonNode> arguments) throws BadValueException {
        return new Filter.Compare(relation, text(first(arguments)), value(arguments.get(1)));
    }

    private List<Filter> filters(List<JsonNode> arguments, int depth) throws BadValueException {
        List<Filter> filters = new ArrayList<>(arguments.size());
        for (JsonNode argument : arguments) {
            filters.add(filter(argument, depth + 1));
        }
        return List.copyOf(filters);
    }

    private static JsonNode only(List<JsonNode> arguments, String what) throws BadValueException {
        if (arguments.size() != 1) {
            throw new BadValueException(
                    "Cannot deserialise field, expected [" + what + "] but got " + quote(arguments));
        }
        return arguments.get(0);
    }

    /** The first of exactly two. */
    private static JsonNode first(List<JsonNode> arguments) throws BadValueException {
        if (arguments.size() != 2) {
            throw new BadValueException(
                    "Cannot deserialise field/value pair, expected [fieldname, value] but got " + quote(arguments));
        }
        return arguments.get(0);
    }

    private static String quote(List<JsonNode> values) {
        return LuxiJson.quote(LuxiJson.NODES.arrayNode().addAll(values));
    }

    private static String text(JsonNode value) throws BadValueException {
        if (!value.isTextual()) {
            throw new BadValueException("Unable to read String");
        }
        return value.textValue();
    }

    private static JsonNode value(JsonNode value) throws BadValueException {
        if (value.isNumber()) {
            return whole(value);
        }
        if (!value.isTextual()) {
            throw new BadValueException(
                    "Cannot deserialise filter value, expecting string or integer, got " + LuxiJson.quote(value));
        }
        return value;
    }

    /** 12.0 counts as 12. */
    private static JsonNode whole(JsonNode value) throws BadValueException {
        if (value.isIntegralNumber()) {
            return value;
        }
        BigDecimal number = value.decimalValue().stripTrailingZeros();
        if (number.scale() > 0) {
            throw new BadValueException(
                    "Cannot deserialise numeric filter value, expecting integral but got a fractional value: "
                            + fraction(number));
        }
        return LuxiJson.NODES.numberNode(number);
    }

    private static String fraction(BigDecimal number) {
        if (number.scale() > FRACTION_DIGITS_MAX) {
            return number.toString();
        }
        BigInteger divisor = BigInteger.TEN.pow(number.scale());
        BigInteger common = number.unscaledValue().gcd(divisor);
        return number.unscaledValue().divide(common) + " % " + divisor.divide(common);
    }
}
