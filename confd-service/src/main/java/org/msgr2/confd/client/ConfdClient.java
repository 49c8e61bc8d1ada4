package org.msgr2.confd.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.wire.ConfdKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of confd over UDP, IPv4 or IPv6. It has one socket and one thread, on which callbacks run and futures complete:
 * they must not block. A question is sent again to peers that do not reply ({@link Resend}); who waits, waits until the
 * request expires at most ({@link ClientOptions#expiryNs}). Thread-safe.
 */
public final class ConfdClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfdClient.class);
    private static final int DATAGRAM_BYTES_MAX = 65_535;

    private final List<InetSocketAddress> peers;
    private final Selector selector;
    private final DatagramChannel channel;
    private final ClientMachine<InetSocketAddress> machine;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(DATAGRAM_BYTES_MAX);
    /** What cancels the futures of callers that wait. */
    private final Set<Runnable> pending = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    private ConfdClient(ConfdKey key, List<InetSocketAddress> peers, ClientOptions options) throws IOException {
        this.peers = List.copyOf(peers);
        SecureRandom random = new SecureRandom();
        machine = new ClientMachine<>(key, peers, options, random::nextBytes, this::send);
        selector = Selector.open();
        channel = DatagramChannel.open(family(peers));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
    }

    /**
     * Opens a socket on a port of the system's choice.
     *
     * @param peers resolved, and all of one address family
     * @throws IllegalArgumentException for other peers
     */
    public static ConfdClient open(ConfdKey key, List<InetSocketAddress> peers, ClientOptions options)
            throws IOException {
        ConfdClient client = new ConfdClient(key, peers, options);
        Thread thread = new Thread(client::run, "confd-client");
        thread.setDaemon(true);
        thread.start();
        return client;
    }

    private static StandardProtocolFamily family(List<InetSocketAddress> peers) {
        StandardProtocolFamily family = null;
        for (InetSocketAddress peer : peers) {
            if (peer.isUnresolved()) {
                throw new IllegalArgumentException("the peer " + peer + " is not resolved");
            }
            StandardProtocolFamily own = peer.getAddress().getAddress().length == 4
                    ? StandardProtocolFamily.INET
                    : StandardProtocolFamily.INET6;
            if (family != null && family != own) {
                throw new IllegalArgumentException("peers of both IPv4 and IPv6");
            }
            family = own;
        }
        return family == null ? StandardProtocolFamily.INET : family;
    }

    /** Asks as many peers as is usual, and takes the newest of enough replies. */
    public CompletableFuture<QuorumResult> ask(Question question) {
        return ask(question, Coverage.USUAL);
    }

    /**
     * Asks some peers, and takes the newest of enough replies. Nobody replying is a result like others:
     * {@link QuorumResult#timedOut}.
     *
     * @param coverage how many; see {@link Coverage}
     * @return fails if there are not that many peers or the question cannot be sent; cancelled by {@link #close}
     */
    @SuppressWarnings("FutureReturnValueIgnored") // what hangs on the result throws nothing
    public CompletableFuture<QuorumResult> ask(Question question, int coverage) {
        CompletableFuture<QuorumResult> result = new CompletableFuture<>();
        Runnable cancel = () -> result.cancel(false);
        String[] salt = {""}; // of the client's thread
        result.whenComplete((any, why) -> {
            pending.remove(cancel);
            if (result.isCancelled()) {
                // Nobody waits for it any more: it is not sent again either.
                later(() -> machine.forget(salt[0]));
            }
        });
        enqueue(
                () -> {
                    QuorumRead<InetSocketAddress> read = new QuorumRead<>(peers.size(), coverage, outcome -> {
                        machine.forget(salt[0]);
                        result.complete(outcome);
                    });
                    if (!result.isDone()) {
                        salt[0] = machine.ask(question, coverage, read, System.nanoTime(), wallS());
                    }
                },
                result,
                cancel);
        return result;
    }

    private void later(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /**
     * The same, waiting for it; a caller that is interrupted waits no longer.
     *
     * @throws IOException if this client is closed meanwhile
     */
    public QuorumResult askAndWait(Question question, int coverage) throws IOException, InterruptedException {
        CompletableFuture<QuorumResult> result = ask(question, coverage);
        try {
            return result.get();
        } catch (InterruptedException e) {
            result.cancel(false);
            throw e;
        } catch (CancellationException e) {
            throw new IOException("the client is closed", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IOException(e.getCause());
        }
    }

    /**
     * Asks some peers and calls back with every reply, and with the expiry at the end. {@link ReplyFilter} and its kind can be
     * put in front.
     *
     * @return the request's salt; fails as {@link #ask(Question, int)} does
     */
    public CompletableFuture<String> ask(
            Question question, int coverage, Consumer<Upcall<InetSocketAddress>> callback) {
        CompletableFuture<String> salt = new CompletableFuture<>();
        Runnable cancel = () -> salt.cancel(false);
        enqueue(
                () -> {
                    salt.complete(machine.ask(question, coverage, guarded(callback), System.nanoTime(), wallS()));
                    pending.remove(cancel);
                },
                salt,
                cancel);
        return salt;
    }

    /** One callback that fails is no reason to end the client of the others. */
    private static Consumer<Upcall<InetSocketAddress>> guarded(Consumer<Upcall<InetSocketAddress>> callback) {
        return upcall -> {
            try {
                callback.accept(upcall);
            } catch (RuntimeException e) {
                LOG.error("a callback failed", e);
            }
        };
    }

    private static long wallS() {
        return System.currentTimeMillis() / 1000;
    }

    private void enqueue(Runnable task, CompletableFuture<?> result, Runnable cancel) {
        pending.add(cancel);
        later(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                pending.remove(cancel);
                result.completeExceptionally(e);
            }
        });
        // Nobody may be left to do it.
        if (closed) {
            cancel.run();
            pending.remove(cancel);
        }
    }

    private void send(InetSocketAddress peer, byte[] datagram) {
        try {
            channel.send(ByteBuffer.wrap(datagram), peer);
        } catch (IOException e) {
            // As good as lost on the way: the other peers may do.
            LOG.debug("a question to {} was not sent: {}", peer, e.toString());
        }
    }

    private void run() {
        try {
            while (!closed) {
                Long nextNs = machine.nextTimeNs(System.nanoTime());
                // 0 would wait for ever; a millisecond is added so that it is time when we wake up.
                long waitMs = nextNs == null ? 0 : Math.max(1, (nextNs - System.nanoTime()) / 1_000_000 + 1);
                selector.select(waitMs);
                selector.selectedKeys().clear();
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                receive();
                machine.onTime(System.nanoTime());
            }
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                LOG.error("the confd client ends", e);
            }
        } finally {
            release();
        }
    }

    private void receive() throws IOException {
        for (InetSocketAddress from = next(); from != null; from = next()) {
            machine.received(buffer.array(), 0, buffer.limit(), from, System.nanoTime());
        }
    }

    private @Nullable InetSocketAddress next() throws IOException {
        buffer.clear();
        InetSocketAddress from = (InetSocketAddress) channel.receive(buffer);
        buffer.flip();
        return from;
    }

    private void release() {
        closed = true;
        try {
            channel.close();
            selector.close();
        } catch (IOException e) {
            LOG.debug("closing", e);
        }
        pending.forEach(Runnable::run);
        pending.clear();
    }

    /** Ends; what has not been answered is cancelled. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }
}
