package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.luxi.filter.Filter;
import org.msgr2.confd.luxi.filter.Relation;

/** Recognises filters that are a list of names: equalities on the naming field, joined by "|" only (spec/confd §7). */
final class Requested {
    private final String field;
    private final List<JsonNode> names = new ArrayList<>();

    private Requested(String field) {
        this.field = field;
    }

    /** The names in the filter's order; null if it is another kind of filter. */
    static @Nullable List<JsonNode> names(@Nullable Filter filter, String field) {
        Requested requested = new Requested(field);
        return filter != null && requested.collect(filter) ? List.copyOf(requested.names) : null;
    }

    private boolean collect(Filter filter) {
        if (filter instanceof Filter.Any any) {
            return any.filters().stream().allMatch(this::collect);
        }
        if (filter instanceof Filter.Compare compare
                && compare.relation() == Relation.EQUAL
                && compare.field().equals(field)) {
            names.add(compare.value());
            return true;
        }
        return false;
    }
}
