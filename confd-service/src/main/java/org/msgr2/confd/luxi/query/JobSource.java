package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.msgr2.confd.luxi.fault.BadValueException;
import org.msgr2.confd.luxi.fault.RefusedCallException;
import org.msgr2.confd.luxi.field.FieldTable;
import org.msgr2.confd.luxi.field.JobFields;
import org.msgr2.confd.luxi.job.JobItem;
import org.msgr2.confd.luxi.job.JobQueue;

/** Jobs, which are named by their numbers. Archived ones are among all jobs only where the field "archived" is asked for
 * (observed on 3.0.2). One that was asked for and does not exist has a row with nothing in it. */
record JobSource(JobQueue queue) implements Source<JobItem> {

    @Override
    public FieldTable<JobItem> fields() {
        return JobFields.TABLE;
    }

    @Override
    public String namingField() {
        return "id";
    }

    @Override
    public List<JobItem> all(List<String> fields) {
        return queue.ids(fields.contains("archived")).stream()
                .sorted()
                .map(id -> new JobItem(queue, id))
                .toList();
    }

    @Override
    public List<JobItem> named(List<JsonNode> names) throws RefusedCallException {
        Set<Long> ids = new LinkedHashSet<>();
        for (JsonNode name : names) {
            try {
                ids.add(JobIds.id(name));
            } catch (BadValueException e) {
                throw RefusedCallException.generic(e.reason());
            }
        }
        return named(ids);
    }

    List<JobItem> named(Set<Long> ids) {
        return ids.stream().map(id -> new JobItem(queue, id)).toList();
    }
}
