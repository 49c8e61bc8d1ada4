package org.msgr2.session.inproc;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.ConnectionRefusedException;
import org.msgr2.session.transport.EventExecutorLoop;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Sockets;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/**
 * Streams between messengers of one process, found through an {@link InProcNetwork}. For tests, and for parts of a program
 * that talk to each other as they would over a network. Thread-safe.
 */
public final class InProcTransport implements Transport {
    private final InProcNetwork network;
    private final ByteBufAllocator allocator;
    private final List<? extends Loop> loops;
    private final Runnable endLoops;
    private final Set<InProcListener> listeners = ConcurrentHashMap.newKeySet();
    private final Set<InProcStream> streams = ConcurrentHashMap.newKeySet();
    private final InProcSockets sockets;
    private volatile boolean closed;

    /** With one thread for each of its loops. */
    public InProcTransport(InProcNetwork network, int threads, ByteBufAllocator allocator) {
        this.network = network;
        this.allocator = allocator;
        this.sockets = new InProcSockets(this, network, allocator);
        EventExecutorGroup group =
                new DefaultEventExecutorGroup(threads, new DefaultThreadFactory("msgr2-inproc", true));
        List<Loop> made = new ArrayList<>();
        for (EventExecutor executor : group) {
            made.add(new EventExecutorLoop(executor));
        }
        this.loops = made;
        this.endLoops =
                () -> group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    /** On loops of the caller's, which stay the caller's: a simulator's, in virtual time. */
    public InProcTransport(InProcNetwork network, List<? extends Loop> loops, ByteBufAllocator allocator) {
        this.network = network;
        this.allocator = allocator;
        this.sockets = new InProcSockets(this, network, allocator);
        this.loops = List.copyOf(loops);
        this.endLoops = () -> {};
    }

    @Override
    public String name() {
        return "in-process";
    }

    @Override
    public int loops() {
        return loops.size();
    }

    @Override
    public Loop loop(int index) {
        return loops.get(index);
    }

    @Override
    public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
        EntityAddr local = target.withType(EntityAddr.Type.MSGR2).withNonce(0).withPort(network.ephemeralPort());
        EntityAddr remote = target.withType(EntityAddr.Type.MSGR2).withNonce(0);
        connect(network.lookUp(target), local, remote, loop, listener, failed);
    }

    void connect(
            @Nullable InProcListener port,
            EntityAddr local,
            EntityAddr remote,
            Loop loop,
            StreamListener listener,
            Consumer<Throwable> failed) {
        if (port == null || closed) {
            loop.execute(() -> failed.accept(new ConnectionRefusedException()));
            return;
        }
        Loop theirs = port.nextLoop();
        InProcStream ours = new InProcStream(this, loop, local, remote, listener, allocator);
        try {
            theirs.execute(() -> {
                InProcStream other = new InProcStream(
                        port.transport(), theirs, remote, local, port.accept(), port.transport().allocator);
                ours.join(other);
                loop.execute(ours::open);
                other.open();
            });
        } catch (RejectedExecutionException e) {
            loop.execute(() -> failed.accept(new ConnectionRefusedException()));
        }
    }

    @Override
    public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
        InProcListener listener = new InProcListener(this, addr, accepted);
        listener.bound(network.bind(addr, listener));
        listeners.add(listener);
        return listener;
    }

    @Override
    public Sockets sockets() {
        return sockets;
    }

    void closesWithUs(InProcListener listener) {
        listeners.add(listener);
    }

    void unbind(InProcListener listener) {
        network.unbind(listener);
        listeners.remove(listener);
    }

    /** @return whether the transport still takes streams */
    boolean opened(InProcStream stream) {
        streams.add(stream);
        if (closed) {
            streams.remove(stream);
            return false;
        }
        return true;
    }

    void closed(InProcStream stream) {
        streams.remove(stream);
    }

    @Override
    public void close() {
        closed = true;
        sockets.close();
        List.copyOf(listeners).forEach(InProcListener::close);
        for (InProcStream stream : streams) {
            stream.loop().execute(stream::close);
        }
        endLoops.run();
    }
}
