package org.msgr2.session.rpc.endpoint;

import io.netty.buffer.ByteBuf;
import java.util.function.Function;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.ItemSink;
import org.msgr2.session.rpc.machine.CallMachine.Offer;
import org.msgr2.session.rpc.machine.CallResult;

/** The items of a call that this end sends. */
final class ItemWriter<T> implements ItemSink<T> {

    /** An item as it is sent. Owns its payload. */
    record Encoded(ByteBuf payload, Opaque token, boolean anew) {}

    private final CallEnd call;
    private final Function<T, Encoded> encoder;
    private final Callback onReady;
    private final Signal signal = new Signal();

    ItemWriter(CallEnd call, Function<T, Encoded> encoder, SerialTasks callbacks) {
        this.call = call;
        this.encoder = encoder;
        this.onReady = new Callback(callbacks);
    }

    /** An item may be taken again, or none will. */
    void changed() {
        signal.raise();
        onReady.raise();
    }

    @Override
    public boolean offer(T item) {
        if (!call.wantsItem()) {
            requireOpen();
            return false;
        }
        Encoded encoded = encoder.apply(item);
        return give(encoded) || refused(encoded);
    }

    private static boolean refused(Encoded encoded) {
        encoded.payload().release();
        return false;
    }

    /** False if it is to be given later. */
    private boolean give(Encoded encoded) {
        Offer offer = call.offer(encoded.payload(), encoded.token(), encoded.anew());
        if (offer == Offer.ENDED) {
            encoded.payload().release();
            throw ended();
        }
        return offer == Offer.TAKEN;
    }

    private void requireOpen() {
        if (!isOpen()) {
            throw ended();
        }
    }

    private CallException ended() {
        CallResult end = call.result();
        if (end == null || end.isOk()) {
            return new CallException(CallStatus.CANCELLED, "the stream has ended");
        }
        return end.failure();
    }

    @Override
    public void send(T item) throws InterruptedException {
        requireOpen();
        Encoded encoded = encoder.apply(item);
        for (long seen = signal.changes(); !give(encoded); seen = signal.changes()) {
            // What was refused before it was counted is noticed here, at the next turn.
            if (call.wantsItem()) {
                continue;
            }
            try {
                signal.await(seen);
            } catch (InterruptedException e) {
                encoded.payload().release();
                throw e;
            }
        }
    }

    @Override
    public void onReady(Runnable action) {
        onReady.set(action);
    }

    @Override
    public boolean isOpen() {
        return call.result() == null;
    }
}
