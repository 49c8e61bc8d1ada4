package org.msgr2.confd.luxi;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigException;
import org.msgr2.confd.luxi.fault.MalformedCallException;
import org.msgr2.confd.luxi.fault.RefusedCallException;
import org.msgr2.confd.luxi.job.JobQueue;
import org.msgr2.confd.luxi.json.LuxiJson;
import org.msgr2.confd.luxi.query.Answer;
import org.msgr2.confd.luxi.query.QueryContext;
import org.msgr2.confd.luxi.query.Request;
import org.msgr2.confd.luxi.query.RequestParser;
import org.msgr2.confd.luxi.query.Software;
import org.msgr2.confd.luxi.view.ClusterView;

/**
 * Answers calls of the query socket (spec/confd §7): Query, QueryFields, QueryNodes, QueryGroups, QueryJobs, QueryTags and
 * QueryClusterInfo. Thread-safe. A call takes as long as its query needs, up to seconds on a large cluster, and reads job
 * files where it is about jobs: call it where that is allowed, not on an event loop.
 */
public final class LuxiEngine {
    private final LuxiConfiguration configuration;
    private final JobQueue jobs;
    private final Software software;
    private final LuxiLimits limits;
    private final CallReader calls;
    private volatile @Nullable ClusterView view;

    public LuxiEngine(LuxiConfiguration configuration, JobQueue jobs, Software software, LuxiLimits limits) {
        this.configuration = configuration;
        this.jobs = jobs;
        this.software = software;
        this.limits = limits;
        this.calls = new CallReader(new RequestParser(limits.queries()));
    }

    public LuxiLimits limits() {
        return limits;
    }

    /** Answers one call, given as JSON text in UTF-8. Never throws for anything that a client can send. */
    public LuxiReply call(byte[] text) {
        try {
            Request request = calls.read(text);
            QueryContext context = new QueryContext(view(), jobs, software);
            return new LuxiReply(write(request.answer(context), true), true, false);
        } catch (MalformedCallException e) {
            return malformed(e.getMessage());
        } catch (RefusedCallException e) {
            return refused(e);
        } catch (BoundedReply.TooLongException e) {
            return refused(RefusedCallException.generic(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    /** A snapshot's view is made by the first query after a reload. Two at once make two: they are equal. */
    private ClusterView view() throws RefusedCallException {
        ClusterConfig current;
        try {
            current = configuration.current();
        } catch (ConfigException e) {
            throw RefusedCallException.configuration(String.valueOf(e.getMessage()));
        }
        ClusterView last = view;
        if (last == null || last.config() != current) {
            last = new ClusterView(current);
            view = last;
        }
        return last;
    }

    /** The error for bytes that are no call. */
    LuxiReply malformed(@Nullable String reason) {
        return new LuxiReply(error(out -> out.writeString("Failed to parse request: " + reason)), false, true);
    }

    private LuxiReply refused(RefusedCallException refusal) {
        return new LuxiReply(
                error(out -> {
                    out.writeStartArray();
                    out.writeString(refusal.errorClass().wireName());
                    out.writeStartArray();
                    for (String argument : refusal.arguments()) {
                        out.writeString(argument);
                    }
                    out.writeEndArray();
                    out.writeEndArray();
                }),
                false,
                false);
    }

    private byte[] error(Answer result) {
        try {
            return write(result, false);
        } catch (IOException | RefusedCallException e) {
            throw new IllegalStateException("an error is short and cannot fail", e);
        }
    }

    private byte[] write(Answer result, boolean success) throws IOException, RefusedCallException {
        BoundedReply reply = new BoundedReply(limits.replyBytesMax());
        try (JsonGenerator out = LuxiJson.generator(reply)) {
            out.writeStartObject();
            out.writeBooleanField("success", success);
            out.writeFieldName("result");
            result.write(out);
            out.writeEndObject();
        }
        return reply.toByteArray();
    }
}
