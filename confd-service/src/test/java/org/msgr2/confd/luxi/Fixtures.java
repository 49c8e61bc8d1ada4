package org.msgr2.confd.luxi;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigException;
import org.msgr2.confd.luxi.job.JobQueue;
import org.msgr2.confd.luxi.job.JobText;
import org.msgr2.confd.luxi.query.Software;

/** Engines on recorded clusters, and the two ends of a session in memory. */
public final class Fixtures {
    public static final ObjectMapper JSON = new ObjectMapper();

    /** The program that the vectors were recorded from. */
    public static final Software RECORDED =
            new Software("3.0.2", "(ganeti) version 3.0.2-3", List.of("64bits", "x86_64"));

    private Fixtures() {}

    public static byte[] resource(String name) {
        try (InputStream in = Fixtures.class.getResourceAsStream("/vectors/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonNode vectors(String name) {
        return json(new String(resource(name), UTF_8));
    }

    public static ClusterConfig config(String name) {
        try {
            return ClusterConfig.parse(resource(name));
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    public static LuxiEngine engine(String config, JobQueue jobs) {
        return engine(config, jobs, LuxiLimits.DEFAULT);
    }

    public static LuxiEngine engine(String config, JobQueue jobs, LuxiLimits limits) {
        ClusterConfig cluster = config(config);
        return new LuxiEngine(() -> cluster, jobs, RECORDED, limits);
    }

    /** An engine on a configuration that is in no file, without jobs. */
    public static LuxiEngine engineOf(String config) {
        try {
            ClusterConfig cluster = ClusterConfig.parse(config.getBytes(UTF_8));
            return new LuxiEngine(() -> cluster, JobQueue.EMPTY, RECORDED, LuxiLimits.DEFAULT);
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An engine on the small cluster, without jobs. */
    public static LuxiEngine small() {
        return engine("config-small.data", JobQueue.EMPTY);
    }

    /** Sends bytes in one piece and takes all replies, without their end marks. */
    public static List<String> exchange(LuxiSession session, byte[] bytes) {
        session.receive(ByteBuffer.wrap(bytes));
        List<String> replies = new ArrayList<>();
        for (byte[] reply = session.next(); reply != null; reply = session.next()) {
            replies.add(new String(reply, 0, reply.length - 1, UTF_8));
        }
        return replies;
    }

    /** One call on a session of its own. */
    public static JsonNode call(LuxiEngine engine, String method, String args) {
        String text = "{\"method\":\"" + method + "\",\"args\":" + args + "}";
        return json(new String(engine.call(text.getBytes(UTF_8)).json(), UTF_8));
    }

    /** The first values of the rows of a Query. */
    public static List<String> firstColumn(JsonNode reply) {
        List<String> values = new ArrayList<>();
        reply.path("result")
                .path("data")
                .forEach(row -> values.add(row.path(0).path(1).asText()));
        return values;
    }

    /** Job files from a vector file, by their paths in the queue's directory. */
    public static final class RecordedJobs implements JobQueue {
        private final Map<Long, JobText> jobs = new HashMap<>();

        public RecordedJobs(JsonNode files) {
            files.properties().forEach(file -> {
                String name = file.getKey().substring(file.getKey().lastIndexOf('/') + 1);
                if (name.matches("job-[0-9]+")) {
                    byte[] text = file.getValue().asText().getBytes(UTF_8);
                    jobs.put(
                            Long.parseLong(name.substring(4)),
                            new JobText(text, file.getKey().startsWith("archive/")));
                }
            });
        }

        @Override
        public List<Long> ids(boolean archived) {
            return jobs.entrySet().stream()
                    .filter(job -> archived || !job.getValue().archived())
                    .map(Map.Entry::getKey)
                    .toList();
        }

        @Override
        public @Nullable JobText find(long id) {
            return jobs.get(id);
        }
    }
}
