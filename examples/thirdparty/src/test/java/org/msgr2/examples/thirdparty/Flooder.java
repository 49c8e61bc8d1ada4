package org.msgr2.examples.thirdparty;

import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.atomic.AtomicLong;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.SessionEvent;

/** Sends as much as its own connection takes, on its own threads, while it is told to. Thread-safe. */
final class Flooder implements Dispatcher, AutoCloseable {
    static final int MESSAGE_BYTES = 16 * 1024;

    private final ByteBufAllocator allocator;
    private final Messenger messenger;
    private final Connection connection;
    private final AtomicLong tid = new AtomicLong();
    private volatile int type;
    private volatile boolean pushedBack;

    Flooder(EntityAddr addr, ByteBufAllocator allocator) {
        this.allocator = allocator;
        Limits limits = Limits.defaults();
        messenger = Messenger.builder("client.flooder")
                .allocator(allocator)
                .dispatcher(this)
                .limits(limits.withQueues(limits.queues().withSend(1024, 8L << 20)))
                .build();
        connection = messenger.connect(EntityType.OSD, addr);
    }

    void start(int floodType) {
        type = floodType;
        pushedBack = false;
        messenger.workers().execute(this::flood);
    }

    void stop() {
        type = 0;
    }

    /** Whether the node takes no more for now. */
    boolean isPushedBack() {
        return pushedBack;
    }

    private synchronized void flood() {
        while (type != 0) {
            Message message = Message.builder(type)
                    .tid(tid.incrementAndGet())
                    .front(allocator.buffer(MESSAGE_BYTES).writeZero(MESSAGE_BYTES))
                    .build();
            if (!connection.send(message).accepted()) {
                message.release();
                pushedBack = true;
                return; // goes on when it is told that it can
            }
        }
    }

    @Override
    public void onEvent(Connection of, SessionEvent event) {
        if (event instanceof SessionEvent.Writable) {
            flood();
        }
    }

    @Override
    public void close() {
        stop();
        connection.markDown();
        messenger.close();
    }
}
