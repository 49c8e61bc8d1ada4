package org.msgr2.confd.luxi.filter;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.util.List;

/** What a query asks of the objects it wants (spec/confd §7). Values are strings or whole numbers. Immutable. */
public sealed interface Filter {

    /** "&amp;": all hold; true when there are none. */
    record All(List<Filter> filters) implements Filter {}

    /** "|": one holds at least; false when there are none. */
    record Any(List<Filter> filters) implements Filter {}

    /** "!": it does not hold. */
    record Not(Filter filter) implements Filter {}

    /** "?": a boolean field is true. */
    record Truth(String field) implements Filter {}

    /** "=", "&lt;" and so on; "!=" is the negation of "=". */
    record Compare(Relation relation, String field, JsonNode value) implements Filter {}

    /** "=~": the pattern is found somewhere in a text. */
    record Matches(String field, Pattern pattern) implements Filter {}

    /** "=[]": a list has the value as an element. */
    record Contains(String field, JsonNode value) implements Filter {}
}
