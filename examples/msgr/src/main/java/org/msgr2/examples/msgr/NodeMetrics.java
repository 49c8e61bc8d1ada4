package org.msgr2.examples.msgr;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.crypto.auth.cephx.FailedLogins;
import org.msgr2.session.Messenger;
import org.msgr2.session.mon.FailedLoginMeters;

/** A node's meters, those of its JVM included, and the HTTP server that shows them. */
final class NodeMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpServer server = new HttpServer();

    /** @param failedLogins null if nobody logs in here */
    NodeMetrics(@Nullable FailedLogins failedLogins) {
        bind(new JvmMemoryMetrics());
        bind(new JvmThreadMetrics());
        bind(new ProcessorMetrics());
        bind(new UptimeMetrics());
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider buffers) {
            bind(new NettyAllocatorMetrics(buffers));
        }
        if (failedLogins != null) {
            bind(new FailedLoginMeters(failedLogins));
        }
    }

    private void bind(MeterBinder binder) {
        binder.bindTo(registry);
    }

    PrometheusMeterRegistry registry() {
        return registry;
    }

    /**
     * Begins to answer.
     *
     * @return the URL, with the real port
     */
    String listen(EntityAddr addr, Messenger messenger) throws Failure {
        try {
            InetSocketAddress bound = server.listen(
                    new InetSocketAddress(InetAddress.getByAddress(addr.ip()), addr.port()),
                    new NodePages(registry, messenger));
            return "http://" + NetUtil.toSocketAddressString(bound);
        } catch (IOException e) {
            throw Failure.of("cannot listen on " + addr + ": " + Faults.root(e) + "; choose another with --metrics", e);
        }
    }

    @Override
    public void close() {
        server.close();
        registry.close();
    }
}
