package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.luxi.fault.RefusedCallException;
import org.msgr2.confd.luxi.field.Cell;
import org.msgr2.confd.luxi.field.Field;
import org.msgr2.confd.luxi.field.FieldTable;
import org.msgr2.confd.luxi.filter.Filter;
import org.msgr2.confd.luxi.filter.Filter.Compare;
import org.msgr2.confd.luxi.filter.NaturalOrder;
import org.msgr2.confd.luxi.filter.Relation;
import org.msgr2.confd.luxi.json.LuxiJson;

/**
 * Gives a filter its meaning for one kind of object (spec/confd §7, with what was observed on 3.0.2): a field without a
 * value passes every test of it, "&amp;" and "|" look no further than they have to, and a value of the wrong kind is an
 * error. Immutable.
 */
final class FilterCompiler<T> {
    private final FieldTable<T> table;

    FilterCompiler(FieldTable<T> table) {
        this.table = table;
    }

    /** Refuses fields that are not in the table, wherever in the filter they are. */
    FilterTest<T> compile(Filter filter) throws RefusedCallException {
        if (filter instanceof Filter.All all) {
            List<FilterTest<T>> tests = compile(all.filters());
            return item -> firstOf(tests, item, false) == null;
        } else if (filter instanceof Filter.Any any) {
            List<FilterTest<T>> tests = compile(any.filters());
            return item -> firstOf(tests, item, true) != null;
        } else if (filter instanceof Filter.Not not) {
            FilterTest<T> test = compile(not.filter());
            return item -> !test.test(item);
        } else if (filter instanceof Filter.Truth truth) {
            return onField(truth.field(), FilterCompiler::isTrue);
        } else if (filter instanceof Filter.Matches matches) {
            return onField(
                    matches.field(),
                    value -> matches.pattern().matcher(matchable(value)).find());
        } else if (filter instanceof Filter.Contains contains) {
            return onField(contains.field(), value -> contains(value, contains.value()));
        }
        Compare compare = (Compare) filter;
        boolean hostName = table.comparesAsHostName(compare.field());
        return onField(compare.field(), value -> compare(value, compare, hostName));
    }

    private List<FilterTest<T>> compile(List<Filter> filters) throws RefusedCallException {
        List<FilterTest<T>> tests = new ArrayList<>(filters.size());
        for (Filter filter : filters) {
            tests.add(compile(filter));
        }
        return tests;
    }

    private static <T> @Nullable FilterTest<T> firstOf(List<FilterTest<T>> tests, T item, boolean outcome)
            throws RefusedCallException {
        for (FilterTest<T> test : tests) {
            if (test.test(item) == outcome) {
                return test;
            }
        }
        return null;
    }

    private FilterTest<T> onField(String name, FilterTest<JsonNode> test) throws RefusedCallException {
        Field<T> field = table.find(name);
        if (field == null) {
            throw RefusedCallException.parameter("Can't find field named '" + name + "'");
        }
        return item -> {
            Cell cell = field.of(item);
            return !cell.isNormal() || test.test(cell.value());
        };
    }

    private static boolean isTrue(JsonNode value) throws RefusedCallException {
        if (!value.isBoolean()) {
            throw RefusedCallException.parameter("Unexpected value '" + LuxiJson.quote(value) + "' in boolean context");
        }
        return value.booleanValue();
    }

    private static String matchable(JsonNode value) throws RefusedCallException {
        if (!value.isTextual()) {
            throw RefusedCallException.parameter(
                    "Invalid field value used in regexp matching, expecting string but got '" + LuxiJson.quote(value)
                            + "'");
        }
        return value.textValue();
    }

    private static boolean contains(JsonNode list, JsonNode wanted) throws RefusedCallException {
        if (!list.isArray()) {
            throw unreadable(list, "list");
        }
        boolean found = false;
        for (JsonNode element : list) {
            if (wanted.isTextual() ? !element.isTextual() : !element.isNumber()) {
                throw unreadable(list, wanted.isTextual() ? "String" : "Integer");
            }
            found |= order(element, wanted) == 0;
        }
        return found;
    }

    private static RefusedCallException unreadable(JsonNode value, String as) {
        return RefusedCallException.generic(
                "Cannot convert value '" + LuxiJson.quote(value) + "', error: Unable to read " + as);
    }

    private static boolean compare(JsonNode value, Compare compare, boolean hostName) throws RefusedCallException {
        JsonNode wanted = compare.value();
        boolean comparable = wanted.isTextual() ? value.isTextual() : value.isNumber();
        if (!comparable) {
            throw RefusedCallException.parameter("Invalid types in comparison, trying to compare "
                    + LuxiJson.quote(value) + " with '" + (wanted.isTextual() ? "QuotedString " : "NumericValue ")
                    + LuxiJson.quote(wanted) + "'");
        }
        boolean abbreviated = hostName
                && compare.relation() == Relation.EQUAL
                && value.textValue().startsWith(wanted.textValue() + ".");
        return abbreviated || compare.relation().holds(order(value, wanted));
    }

    private static int order(JsonNode a, JsonNode b) {
        return a.isTextual()
                ? NaturalOrder.compareText(a.textValue(), b.textValue())
                : a.decimalValue().compareTo(b.decimalValue());
    }
}
