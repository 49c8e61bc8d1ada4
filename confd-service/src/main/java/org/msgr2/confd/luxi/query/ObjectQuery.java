package org.msgr2.confd.luxi.query;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.luxi.fault.RefusedCallException;
import org.msgr2.confd.luxi.filter.Filter;

/** Query: fields of the objects that pass a filter. */
record ObjectQuery(
        Subject subject, List<String> fields, @Nullable Filter filter) implements Request {
    @Override
    public Answer answer(QueryContext context) throws RefusedCallException {
        return TableQuery.of(Sources.of(subject, context), fields, filter)::write;
    }
}
