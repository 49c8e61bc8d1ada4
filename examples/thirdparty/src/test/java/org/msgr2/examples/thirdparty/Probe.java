package org.msgr2.examples.thirdparty;

import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;

/** Measures round trips, one after the other. Used by one thread. */
final class Probe implements Dispatcher, AutoCloseable {
    private static final int MESSAGE_BYTES = 64;

    private final ByteBufAllocator allocator;
    private final Messenger messenger;
    private final Connection connection;
    private volatile CompletableFuture<Long> reply = new CompletableFuture<>();
    private long lastTid;

    Probe(EntityAddr addr, ByteBufAllocator allocator) {
        this.allocator = allocator;
        messenger = Messenger.builder("client.probe")
                .allocator(allocator)
                .dispatcher(this)
                .build();
        connection = messenger.connect(EntityType.OSD, addr);
    }

    /** @return the 99th percentile of so many round trips of requests of that type */
    long p99Ns(int type, int trips) throws Exception {
        long[] timesNs = new long[trips];
        for (int i = 0; i < trips; i++) {
            CompletableFuture<Long> answered = new CompletableFuture<>();
            reply = answered;
            long startNs = System.nanoTime();
            Message request = Message.builder(type)
                    .tid(++lastTid)
                    .front(allocator.buffer(MESSAGE_BYTES).writeZero(MESSAGE_BYTES))
                    .build();
            if (!connection.send(request).accepted()) {
                request.release();
                throw new IllegalStateException("the probe is not accepted");
            }
            timesNs[i] = answered.get(20, TimeUnit.SECONDS) - startNs;
        }
        Arrays.sort(timesNs);
        return timesNs[trips * 99 / 100];
    }

    @Override
    public boolean canFastDispatch(int messageType) {
        return true;
    }

    @Override
    public void fastDispatch(Connection from, Message message) {
        reply.complete(System.nanoTime());
    }

    @Override
    public void close() {
        messenger.close();
    }
}
