package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.luxi.fault.RefusedCallException;
import org.msgr2.confd.luxi.field.Field;
import org.msgr2.confd.luxi.filter.Filter;
import org.msgr2.confd.luxi.filter.Relation;
import org.msgr2.confd.luxi.json.LuxiJson;

/**
 * QueryNodes and QueryGroups, from before there were filters: rows of bare values, in natural order. Names and uuids
 * pick; those that do not exist pick nothing (observed on 3.0.2).
 *
 * @param sync asks to hold locks meanwhile, which nobody here has
 */
record ClassicQuery(Subject subject, List<String> names, List<String> fields, boolean sync) implements Request {
    @Override
    public Answer answer(QueryContext context) throws RefusedCallException {
        if (sync) {
            throw RefusedCallException.wrongInput("Sync queries are not allowed");
        }
        return answer(Sources.of(subject, context));
    }

    private <T> Answer answer(Source<T> source) throws RefusedCallException {
        return checked(TableQuery.over(source, fields, filter(), source.all(fields)))::writeValues;
    }

    /** The old calls have no way to say that a field is unknown. */
    static <T> TableQuery<T> checked(TableQuery<T> query) throws RefusedCallException {
        List<String> unknown = query.fields().stream()
                .filter(Field::isUnknown)
                .map(Field::name)
                .toList();
        if (!unknown.isEmpty()) {
            throw RefusedCallException.wrongInput("Unknown output fields selected: " + String.join(", ", unknown));
        }
        return query;
    }

    private @Nullable Filter filter() {
        if (names.isEmpty()) {
            return null;
        }
        List<Filter> any = new ArrayList<>(names.size() * 2);
        for (String name : names) {
            JsonNode value = LuxiJson.NODES.textNode(name);
            any.add(new Filter.Compare(Relation.EQUAL, "name", value));
            any.add(new Filter.Compare(Relation.EQUAL, "uuid", value));
        }
        return new Filter.Any(any);
    }
}
