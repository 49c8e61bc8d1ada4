package org.msgr2.session.testing;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.crypto.tls.TlsProvider;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.inproc.InProcNetwork;
import org.msgr2.session.inproc.InProcTransport;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.netty.NettyTransport;
import org.msgr2.session.transport.Transport;

/**
 * A network to run a test on: makes transports that reach each other, and knows how to wait on it. In virtual time, waiting
 * moves the clock; with threads, it waits. Used by one test at a time, from one thread.
 */
public abstract class TestNetwork implements AutoCloseable {
    /** Generous: a test that needs it has failed. */
    protected static final Duration WAIT_MAX = Duration.ofSeconds(20);

    protected static final int LOOPS = 2;

    private final List<Transport> transports = new ArrayList<>();

    protected TestNetwork() {}

    /** Within the process, in virtual time. */
    public static Virtual virtual() {
        return new Virtual();
    }

    /** Within the process, with threads. */
    public static TestNetwork inProcess() {
        InProcNetwork network = new InProcNetwork();
        return new Threaded() {
            @Override
            protected Transport newTransport(ByteBufAllocator allocator) {
                return new InProcTransport(network, LOOPS, allocator);
            }
        };
    }

    /** TCP on the loopback interface. A test is skipped where the machine cannot do it that way. */
    public static TestNetwork netty(NettyIo io) {
        return netty(io, LOOPS);
    }

    /** The same with that many loops for each end. */
    public static TestNetwork netty(NettyIo io, int loops) {
        assumeTrue(io.isAvailable(), () -> io + " is not available: " + whyNot(io));
        return new Threaded() {
            @Override
            protected Transport newTransport(ByteBufAllocator allocator) {
                return new NettyTransport(io, loops, allocator);
            }
        };
    }

    /** The same, every connection inside TLS. Both ends have one certificate, and trust it. */
    public static TestNetwork tls(NettyIo io, TlsProvider provider) {
        assumeTrue(io.isAvailable(), () -> io + " is not available: " + whyNot(io));
        assumeTrue(provider.isAvailable(), () -> provider + " is not available: " + provider.description());
        TlsContext context = TestCertificates.localContext(provider);
        return new Threaded() {
            @Override
            protected Transport newTransport(ByteBufAllocator allocator) {
                return new NettyTransport(io, LOOPS, allocator).secured(context);
            }
        };
    }

    private static String whyNot(NettyIo io) {
        Throwable cause = switch (io) {
            case EPOLL -> Epoll.unavailabilityCause();
            case IO_URING -> IoUring.unavailabilityCause();
            case NIO -> null;
        };
        return cause == null ? "no reason given" : String.valueOf(cause.getMessage());
    }

    protected abstract Transport newTransport(ByteBufAllocator allocator);

    /** Whether time passes by itself, so that a thread may wait for what others do. */
    public boolean hasThreads() {
        return true;
    }

    /** A node's end of the network; closed with it. */
    public final Transport transport(ByteBufAllocator allocator) {
        Transport transport = newTransport(allocator);
        transports.add(transport);
        return transport;
    }

    /** A messenger on a transport of its own. */
    public final Messenger.Builder messenger(String name, ByteBufAllocator allocator) {
        return messenger(name, allocator, transport(allocator));
    }

    /** A messenger on one of this network's transports, or on one that wraps it. */
    public Messenger.Builder messenger(String name, ByteBufAllocator allocator, Transport transport) {
        return Messenger.builder(name).allocator(allocator).transport(transport);
    }

    /** Where to listen: a free port of the loopback interface. */
    public final EntityAddr anyPort() {
        return EntityAddr.parse("v2:127.0.0.1:0/0");
    }

    /** Where work that must not run on a loop can run. */
    public abstract Executor workers();

    /** @throws AssertionError if the condition does not come true */
    public abstract void await(String what, BooleanSupplier condition);

    /** @throws CompletionException as {@link CompletableFuture#join} does */
    public final <T> T get(String what, CompletionStage<T> result) {
        CompletableFuture<T> future = result.toCompletableFuture();
        await(what, future::isDone);
        return future.join();
    }

    /** Lets go on what can go on by itself, so that what ought not to happen gets its chance. */
    public abstract void settle();

    /** Closes a messenger as its user would, and waits for it. */
    public abstract void close(Messenger messenger);

    /** {@link Messenger#close} blocks, and nobody would move the clock: so its connections are closed before. */
    protected final void closeInVirtualTime(Messenger messenger) {
        while (!messenger.connections().isEmpty()) { // peers may come back meanwhile
            List<CompletableFuture<Void>> ends = messenger.connections().stream()
                    .map(Connection::close)
                    .map(CompletionStage::toCompletableFuture)
                    .toList();
            await("connections close", () -> ends.stream().allMatch(CompletableFuture::isDone));
        }
        messenger.close();
        settle();
    }

    /** Closes every transport. */
    @Override
    public void close() {
        transports.forEach(Transport::close);
    }

    private abstract static class Threaded extends TestNetwork {
        private static final int SETTLE_ROUNDS = 50;

        private final ExecutorService workers = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "test-worker");
            thread.setDaemon(true);
            return thread;
        });

        @Override
        public Executor workers() {
            return workers;
        }

        @Override
        public void await(String what, BooleanSupplier condition) {
            Awaitility.await(what)
                    .atMost(WAIT_MAX)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(condition::getAsBoolean);
        }

        /** Tasks behind tasks, on every loop: what was on its way has come by then. */
        @Override
        public void settle() {
            for (int round = 0; round < SETTLE_ROUNDS; round++) {
                for (Transport transport : ((TestNetwork) this).transports) {
                    for (int i = 0; i < transport.loops(); i++) {
                        try {
                            CompletableFuture.runAsync(() -> {}, transport.loop(i))
                                    .get(WAIT_MAX.toSeconds(), SECONDS);
                        } catch (InterruptedException | ExecutionException | TimeoutException e) {
                            throw new AssertionError("a loop of " + transport.name() + " does not run", e);
                        }
                    }
                }
            }
        }

        @Override
        public void close(Messenger messenger) {
            messenger.close();
        }

        @Override
        public void close() {
            super.close();
            workers.shutdownNow();
        }
    }

    /** In virtual time. */
    public static final class Virtual extends TestNetwork {
        private final VirtualTime time = new VirtualTime();
        private final InProcNetwork network = new InProcNetwork();

        private Virtual() {}

        public VirtualTime time() {
            return time;
        }

        @Override
        public boolean hasThreads() {
            return false;
        }

        @Override
        protected Transport newTransport(ByteBufAllocator allocator) {
            List<VirtualLoop> loops = new ArrayList<>();
            for (int i = 0; i < LOOPS; i++) {
                loops.add(time.newLoop());
            }
            return new InProcTransport(network, loops, allocator);
        }

        @Override
        public Messenger.Builder messenger(String name, ByteBufAllocator allocator, Transport transport) {
            return super.messenger(name, allocator, transport)
                    .workerPool(time.workers())
                    .clock(time.wallClock());
        }

        @Override
        public Executor workers() {
            return time.workers();
        }

        @Override
        public void await(String what, BooleanSupplier condition) {
            if (!time.advanceUntil(condition, WAIT_MAX)) {
                throw new AssertionError("does not happen within " + WAIT_MAX + " of virtual time: " + what);
            }
        }

        @Override
        public void settle() {
            time.runUntilIdle();
        }

        @Override
        public void close(Messenger messenger) {
            closeInVirtualTime(messenger);
        }

        @Override
        public void close() {
            settle();
            super.close();
            settle();
        }
    }
}
