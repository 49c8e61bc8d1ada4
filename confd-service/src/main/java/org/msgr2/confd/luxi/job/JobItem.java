package org.msgr2.confd.luxi.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.luxi.json.LuxiJson;

/**
 * A job in a query. Its file is read when a field is first asked for; it may turn out that there is none, or none that can
 * be parsed. Not thread-safe.
 */
public final class JobItem {
    private static final int DEFAULT_PRIORITY = 0;

    private final JobQueue queue;
    private final long id;
    private boolean loaded;
    private boolean archived;
    private @Nullable JsonNode job;

    public JobItem(JobQueue queue, long id) {
        this.queue = queue;
        this.id = id;
    }

    public long id() {
        return id;
    }

    /** Null if there is no such job. */
    public @Nullable JsonNode job() {
        if (!loaded) {
            loaded = true;
            JobText text = queue.find(id);
            if (text != null) {
                archived = text.archived();
                job = parse(text.json());
            }
        }
        return job;
    }

    private static @Nullable JsonNode parse(byte[] json) {
        try {
            JsonNode tree = LuxiJson.read(json);
            return tree.path("ops").isArray() ? tree : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Meaningful once {@link #job} has been asked. */
    public boolean archived() {
        return archived;
    }

    /** Something of every opcode. */
    public static ArrayNode ofOpcodes(JsonNode job, Function<JsonNode, JsonNode> part) {
        ArrayNode parts = LuxiJson.NODES.arrayNode();
        job.path("ops").forEach(opcode -> parts.add(part.apply(opcode)));
        return parts;
    }

    private static OpStatus status(JsonNode opcode) {
        return OpStatus.fromWire(opcode.path("status").asText());
    }

    public static String statusOf(JsonNode job) {
        List<OpStatus> opcodes = new ArrayList<>();
        job.path("ops").forEach(opcode -> opcodes.add(status(opcode)));
        return OpStatus.ofJob(opcodes).wireName();
    }

    /** The most urgent, which is the least, of those opcodes that are not finished. */
    public static int priorityOf(JsonNode job) {
        int priority = Integer.MAX_VALUE;
        for (JsonNode opcode : job.path("ops")) {
            if (!status(opcode).isFinal()) {
                priority = Math.min(priority, opcode.path("priority").asInt(DEFAULT_PRIORITY));
            }
        }
        return priority == Integer.MAX_VALUE ? DEFAULT_PRIORITY : priority;
    }
}
