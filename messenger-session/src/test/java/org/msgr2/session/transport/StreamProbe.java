package org.msgr2.session.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Listens to a stream, keeps what it hears, and notes every breach of the contract. */
final class StreamProbe implements StreamListener {
    private final Consumer<ByteStream> whenOpen;
    private final CompletableFuture<ByteStream> securing = new CompletableFuture<>();
    private final CompletableFuture<ByteStream> open = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final List<String> breaches = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final AtomicInteger writable = new AtomicInteger();
    private volatile Consumer<ByteStream> whenWritable = stream -> {};
    private volatile int largestRead;
    private volatile @Nullable Throwable cause;

    /** @param whenOpen runs on the loop, within {@code onOpen} */
    StreamProbe(Consumer<ByteStream> whenOpen) {
        this.whenOpen = whenOpen;
    }

    StreamProbe() {
        this(stream -> {});
    }

    /** @param action runs on the loop, within {@code onWritable} */
    void whenWritable(Consumer<ByteStream> action) {
        whenWritable = action;
    }

    @Override
    public void onSecuring(ByteStream stream) {
        if (!stream.loop().inLoop()) {
            breaches.add("onSecuring not on the loop");
        }
        if (securing.isDone() || open.isDone() || closed.isDone()) {
            breaches.add("onSecuring late");
        }
        securing.complete(stream);
    }

    @Override
    public void onOpen(ByteStream stream) {
        if (closed.isDone()) {
            breaches.add("onOpen after onClosed");
        }
        if (securing.isDone() != (stream.security() != null)) {
            breaches.add("secured without onSecuring, or the other way round");
        }
        if (!stream.loop().inLoop()) {
            breaches.add("onOpen not on the loop");
        }
        if (open.isDone()) {
            breaches.add("onOpen twice");
        }
        whenOpen.accept(stream);
        open.complete(stream);
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        check("onBytes");
        largestRead = Math.max(largestRead, bytes.readableBytes());
        received.writeBytes(ByteBufUtil.getBytes(bytes));
        bytes.release();
    }

    @Override
    public void onWritable() {
        check("onWritable");
        if (open.isDone() && !open.join().isWritable()) {
            breaches.add("onWritable while it is not writable");
        }
        writable.incrementAndGet();
        whenWritable.accept(stream());
    }

    @Override
    public void onClosed(@Nullable Throwable why) {
        if (open.isDone() || !securing.isDone()) {
            check("onClosed");
        } else if (closed.isDone()) {
            breaches.add("onClosed twice");
        }
        cause = why;
        closed.complete(null);
    }

    private void check(String call) {
        if (!open.isDone()) {
            breaches.add(call + " before onOpen");
        } else if (!open.join().loop().inLoop()) {
            breaches.add(call + " not on the loop");
        }
        if (closed.isDone()) {
            breaches.add(call + " after onClosed");
        }
    }

    /** Whether it has heard of a stream. */
    boolean isConnected() {
        return securing.isDone() || open.isDone();
    }

    CompletableFuture<ByteStream> open() {
        return open;
    }

    CompletableFuture<Void> closed() {
        return closed;
    }

    boolean isClosed() {
        return closed.isDone();
    }

    ByteStream stream() {
        return open.join();
    }

    /** Runs something on the stream's loop. */
    void onLoop(Consumer<ByteStream> action) {
        stream().loop().execute(() -> action.accept(stream()));
    }

    int receivedBytes() {
        return received.size();
    }

    byte[] received() {
        return received.toByteArray();
    }

    int largestRead() {
        return largestRead;
    }

    int timesWritable() {
        return writable.get();
    }

    @Nullable Throwable cause() {
        return cause;
    }

    List<String> breaches() {
        return breaches;
    }
}
