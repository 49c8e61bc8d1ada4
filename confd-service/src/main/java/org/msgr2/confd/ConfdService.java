package org.msgr2.confd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.calls.ConfdCalls;
import org.msgr2.confd.calls.ConfdMethods;
import org.msgr2.confd.calls.ConfdWatches;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.engine.ConfdEngine;
import org.msgr2.confd.engine.EngineOptions;
import org.msgr2.confd.reload.ConfigSource;
import org.msgr2.confd.wire.WireLimits;
import org.msgr2.session.Health;
import org.msgr2.session.Service;
import org.msgr2.session.ServiceContext;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.transport.DatagramHandle;
import org.msgr2.session.transport.DatagramOptions;

/**
 * Ganeti's confd as a tenant of a messenger: peers call and watch it. Its front end answers Ganeti's own clients over signed
 * UDP. Thread-safe.
 */
public final class ConfdService implements Service {
    private final ConfdOptions options;
    private final ConfdCounters counters = new ConfdCounters();
    private final ConfdWatches watches;
    private final ConfdCalls calls;
    private volatile @Nullable Executor workers;
    private volatile @Nullable ConfigSource source;
    private volatile @Nullable DatagramHandle udp;

    public ConfdService(ConfdOptions options) {
        this.options = options;
        watches = new ConfdWatches(options.calls(), this::execute);
        calls = new ConfdCalls(this::state, EngineOptions.DEFAULTS, options.calls(), counters::countAnswer, watches);
    }

    private void execute(Runnable task) {
        Executor started = workers;
        if (started == null) {
            throw new RejectedExecutionException("not started");
        }
        started.execute(task);
    }

    private ConfigState state() {
        ConfigSource opened = source;
        return opened == null ? ConfigState.NOT_YET : opened.get();
    }

    @Override
    public String name() {
        return ConfdMethods.SERVICE;
    }

    @Override
    public CallHandler calls() {
        return calls.handler();
    }

    /** Loads the configuration, for better or worse: a bad file is told by {@link #health}, a port in use ends the start. */
    @Override
    public void start(ServiceContext context) throws IOException {
        ConfigSource opened = ConfigSource.open(options.config(), options.source());
        source = opened;
        workers = context.workers();
        opened.onChange(watches::offer);
        watches.offer(opened.get());
        ConfdMeters.register(counters, opened, context.meters());
        ConfdOptions.Udp frontEnd = options.udp();
        if (frontEnd != null) {
            try {
                udp = listen(frontEnd, opened, context);
            } catch (IOException | RuntimeException e) {
                // Who has not started is not stopped either.
                opened.close();
                throw e;
            }
        }
    }

    private DatagramHandle listen(ConfdOptions.Udp frontEnd, ConfigSource config, ServiceContext context)
            throws IOException {
        ConfdDatagrams datagrams = new ConfdDatagrams(
                frontEnd.key(),
                frontEnd.mode(),
                frontEnd.limits(),
                new ConfdEngine(frontEnd.engine()),
                config,
                counters);
        DatagramOptions bounds = DatagramOptions.of(context.limits());
        WireLimits limits = frontEnd.limits();
        // The real daemon reads that much of a datagram: what comes after a whole request does not matter (spec/confd
        // §1).
        bounds = bounds.withReceive(limits.requestBytesMax(), limits.requestBatchMax())
                .withLongerCut();
        return context.datagram(frontEnd.addr(), bounds, new ConfdFrontEnd(datagrams, context.clock()));
    }

    /** Closes the front end: a datagram that was received has been answered by then. Who watches is told to go elsewhere. */
    @Override
    public CompletionStage<Void> drain() {
        closeUdp();
        watches.drain();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void stop() {
        closeUdp();
        ConfigSource opened = source;
        if (opened != null) {
            opened.close();
        }
    }

    private void closeUdp() {
        DatagramHandle socket = udp;
        if (socket != null) {
            socket.close();
        }
    }

    /** Fails while the file cannot be used, also when answers are given from an earlier one. */
    @Override
    public Health health() {
        ConfigSource opened = source;
        if (opened == null) {
            return Health.failing("not started");
        }
        String problem = opened.status().problem();
        if (problem != null) {
            boolean answers = opened.get() instanceof ConfigState.Loaded;
            return Health.failing(answers ? problem + "; answers are from before" : problem);
        }
        return Health.OK;
    }

    /** Where the UDP front end listens; null if there is none, or before the start. */
    public @Nullable InetSocketAddress udpAddr() {
        DatagramHandle socket = udp;
        return socket == null ? null : socket.localAddr();
    }

    public ConfdCounters counters() {
        return counters;
    }

    /** The configuration that is answered from; null before the start. */
    public @Nullable ConfigSource config() {
        return source;
    }
}
