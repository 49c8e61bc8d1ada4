package org.msgr2.confd.luxi.query;

import java.util.LinkedHashSet;
import java.util.List;
import org.msgr2.confd.luxi.fault.RefusedCallException;

/** QueryJobs: rows of bare values. No ids means all jobs that are not archived. */
record JobQuery(List<Long> ids, List<String> fields) implements Request {
    @Override
    public Answer answer(QueryContext context) throws RefusedCallException {
        JobSource source = new JobSource(context.jobs());
        return ClassicQuery.checked(TableQuery.over(
                source, fields, null, ids.isEmpty() ? source.all(fields) : source.named(new LinkedHashSet<>(ids))))
                ::writeValues;
    }
}
