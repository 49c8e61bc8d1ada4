package org.msgr2.session.rpc.endpoint;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.ItemSource;
import org.msgr2.session.rpc.machine.CallResult;
import org.msgr2.session.rpc.machine.Received;

/** The items of a call that come to this end. */
final class ItemReader<T> implements ItemSource<T> {

    /** Makes an item of what has come. */
    interface Decoder<T> {
        /** @param item borrowed */
        T decode(Received item) throws IOException;
    }

    /** What is to be done with an item that cannot be read: ends the call. */
    interface Refusal {
        void refuse(CallException why);
    }

    private final CallEnd call;
    private final Decoder<T> decoder;
    private final Refusal refusal;
    private final Callback onItems;
    private final Signal signal = new Signal();

    ItemReader(CallEnd call, Decoder<T> decoder, Refusal refusal, SerialTasks callbacks) {
        this.call = call;
        this.decoder = decoder;
        this.refusal = refusal;
        this.onItems = new Callback(callbacks);
    }

    /** Something has come, or nothing more will. */
    void changed() {
        signal.raise();
        onItems.raise();
    }

    @Override
    public @Nullable T poll() {
        Received item = call.take();
        if (item == null) {
            return null;
        }
        try {
            return decoder.decode(item);
        } catch (IOException | RuntimeException e) {
            CallException why = new CallException(CallStatus.INVALID, "an item cannot be read", e);
            refusal.refuse(why);
            throw why;
        } finally {
            item.payload().release();
        }
    }

    @Override
    public @Nullable T next() throws InterruptedException {
        while (true) {
            long seen = signal.changes();
            T item = poll();
            if (item != null) {
                return item;
            }
            if (isExhausted()) {
                CallResult end = call.result();
                if (end != null && !end.isOk()) {
                    throw end.failure();
                }
                return null;
            }
            signal.await(seen);
        }
    }

    @Override
    public boolean isExhausted() {
        return call.isExhausted();
    }

    @Override
    public void onItems(Runnable action) {
        onItems.set(action);
    }
}
