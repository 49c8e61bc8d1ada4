package org.msgr2.examples.msgr;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.ConfdService;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigException;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.luxi.LuxiEngine;
import org.msgr2.confd.luxi.LuxiLimits;
import org.msgr2.confd.luxi.job.JobDirectory;
import org.msgr2.confd.luxi.query.Software;
import org.msgr2.confd.reload.ConfigSource;
import org.msgr2.confd.socket.QuerySocket;
import org.msgr2.session.Service;
import org.msgr2.session.ServiceContext;
import org.msgr2.session.transport.ListenerHandle;

/** Ganeti's query socket on a node, about the configuration of its confd. Thread-safe. */
final class LuxiService implements Service {
    /** Where Ganeti keeps its jobs, beside the configuration (spec/confd §7). */
    private static final String JOBS = "queue";

    private final Path path;
    private final Path jobs;
    private final ConfdService confd;
    private volatile @Nullable ListenerHandle listener;

    /** @param setup with a path for it */
    LuxiService(NodeConfd setup, ConfdService confd) {
        this.path = Objects.requireNonNull(setup.luxi());
        this.jobs = setup.config().resolveSibling(JOBS);
        this.confd = confd;
    }

    Path path() {
        return path;
    }

    @Override
    public String name() {
        return "luxi";
    }

    @Override
    public void start(ServiceContext context) throws IOException {
        LuxiEngine engine = new LuxiEngine(this::config, new JobDirectory(jobs), Software.DEFAULT, LuxiLimits.DEFAULT);
        listener = QuerySocket.listen(context, path, engine);
    }

    private ClusterConfig config() throws ConfigException {
        ConfigSource source = confd.config();
        ConfigState state = source == null ? ConfigState.NOT_YET : source.get();
        if (state instanceof ConfigState.Loaded loaded) {
            return loaded.config();
        }
        throw new ConfigException(state instanceof ConfigState.Unavailable unavailable ? unavailable.cause() : "");
    }

    @Override
    public CompletionStage<Void> drain() {
        ListenerHandle open = listener;
        if (open != null) {
            open.close();
        }
        return CompletableFuture.completedFuture(null);
    }
}
