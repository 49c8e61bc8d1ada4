package org.msgr2.confd.luxi.query;

import java.util.List;
import org.msgr2.confd.luxi.fault.RefusedCallException;
import org.msgr2.confd.luxi.field.FieldTable;

/** QueryFields: what fields there are; no names means all. */
record FieldQuery(Subject subject, List<String> names) implements Request {
    @Override
    public Answer answer(QueryContext context) throws RefusedCallException {
        return answer(Sources.of(subject, context).fields());
    }

    private <T> Answer answer(FieldTable<T> table) {
        return out -> {
            out.writeStartObject();
            FieldList.write(names.isEmpty() ? table.all() : table.named(names), out);
            out.writeEndObject();
        };
    }
}
