package org.msgr2.confd.luxi.field;

import static org.msgr2.confd.luxi.field.FieldKind.BOOL;
import static org.msgr2.confd.luxi.field.FieldKind.NUMBER;
import static org.msgr2.confd.luxi.field.FieldKind.OTHER;
import static org.msgr2.confd.luxi.field.FieldKind.TEXT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.function.Function;
import org.msgr2.confd.luxi.job.JobItem;
import org.msgr2.confd.luxi.job.OpSummary;

/** The fields of jobs: names, titles and kinds as observed on 3.0.2. Of a job that is not there only the id is. */
public final class JobFields {
    public static final FieldTable<JobItem> TABLE = build();

    private JobFields() {}

    private static FieldTable<JobItem> build() {
        FieldTable.Builder<JobItem> table = new FieldTable.Builder<>();
        table.add("id", "ID", NUMBER, "Number of the job", item -> Cell.of(item.id()));
        addJob(table);
        addOpcodes(table);
        return table.build();
    }

    private static void addJob(FieldTable.Builder<JobItem> table) {
        table.add("archived", "Archived", BOOL, "Is archived", item -> {
                    return item.job() == null ? Cell.UNAVAILABLE : Cell.of(item.archived());
                })
                .add("status", "Status", TEXT, "State", of(job -> Cell.of(JobItem.statusOf(job))))
                .add("priority", "Priority", NUMBER, "19 to -20", of(job -> Cell.of(JobItem.priorityOf(job))))
                .add(
                        "received_ts",
                        "Received",
                        OTHER,
                        "Time of arrival",
                        of(job -> Cell.of(job.get("received_timestamp"))))
                .add("start_ts", "Start", OTHER, "Time of the start", of(job -> Cell.of(job.get("start_timestamp"))))
                .add("end_ts", "End", OTHER, "Time of the end", of(job -> Cell.of(job.get("end_timestamp"))));
    }

    private static void addOpcodes(FieldTable.Builder<JobItem> table) {
        addOpcodes(table, "ops", "OpCodes", "Opcodes", opcode -> opcode.path("input"));
        addOpcodes(table, "summary", "Summary", "Opcodes in a few words", OpSummary::of);
        addOpcodes(table, "opstatus", "OpCode_status", "State of each opcode", opcode -> opcode.path("status"));
        addOpcodes(table, "opresult", "OpCode_result", "Result of each opcode", opcode -> opcode.path("result"));
        addOpcodes(table, "oplog", "OpCode_log", "Output of each opcode", opcode -> opcode.path("log"));
        addOpcodes(table, "oppriority", "OpCode_prio", "Priority of each opcode", opcode -> opcode.path("priority"));
        addOpcodes(table, "opstart", "OpCode_start", "When each began", opcode -> opcode.path("start_timestamp"));
        addOpcodes(table, "opexec", "OpCode_exec", "When each had its locks", opcode -> opcode.path("exec_timestamp"));
        addOpcodes(table, "opend", "OpCode_end", "When each ended", opcode -> opcode.path("end_timestamp"));
    }

    private static void addOpcodes(
            FieldTable.Builder<JobItem> table,
            String name,
            String title,
            String doc,
            Function<JsonNode, JsonNode> part) {
        Function<JsonNode, JsonNode> orNull = opcode -> {
            JsonNode value = part.apply(opcode);
            return value.isMissingNode() ? NullNode.getInstance() : value;
        };
        table.add(name, title, OTHER, doc, of(job -> Cell.of(JobItem.ofOpcodes(job, orNull))));
    }

    private static Function<JobItem, Cell> of(Function<JsonNode, Cell> field) {
        return item -> {
            JsonNode job = item.job();
            return job == null ? Cell.UNAVAILABLE : field.apply(job);
        };
    }
}
