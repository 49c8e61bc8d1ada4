package org.msgr2.session.inproc;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/** A port of an {@link InProcNetwork}. Thread-safe. */
final class InProcListener implements Transport.Listener {
    private final InProcTransport transport;
    private final Supplier<StreamListener> accepted;
    private final AtomicInteger next = new AtomicInteger();
    private volatile EntityAddr addr;

    InProcListener(InProcTransport transport, EntityAddr addr, Supplier<StreamListener> accepted) {
        this.transport = transport;
        this.addr = addr;
        this.accepted = accepted;
    }

    void bound(EntityAddr actual) {
        addr = actual;
    }

    InProcTransport transport() {
        return transport;
    }

    /** The loop of the next accepted stream. */
    Loop nextLoop() {
        return transport.loop(Math.floorMod(next.getAndIncrement(), transport.loops()));
    }

    StreamListener accept() {
        return accepted.get();
    }

    @Override
    public EntityAddr addr() {
        return addr;
    }

    @Override
    public void close() {
        transport.unbind(this);
    }
}
