package org.msgr2.confd;

import io.netty.buffer.ByteBuf;
import java.time.InstantSource;
import org.msgr2.session.transport.DatagramBatch;
import org.msgr2.session.transport.DatagramHandle;
import org.msgr2.session.transport.DatagramListener;

/** Answers the datagrams of one socket, on its loop: each takes microseconds. Not thread-safe. */
final class ConfdFrontEnd implements DatagramListener {
    private final ConfdDatagrams datagrams;
    private final InstantSource clock;
    private byte[] copy = new byte[0];

    ConfdFrontEnd(ConfdDatagrams datagrams, InstantSource clock) {
        this.datagrams = datagrams;
        this.clock = clock;
    }

    @Override
    public void onDatagrams(DatagramHandle socket, DatagramBatch batch) {
        long nowS = clock.millis() / 1000;
        for (int index = 0; index < batch.size(); index++) {
            int length = answer(batch.payload(index), nowS);
            if (length > 0) {
                // What the socket does not take is lost, as on the network; it counts that.
                socket.send(batch.sender(index), datagrams.reply(), 0, length);
            }
        }
    }

    private int answer(ByteBuf payload, long nowS) {
        int length = payload.readableBytes();
        if (payload.hasArray()) {
            return datagrams.answer(payload.array(), payload.arrayOffset() + payload.readerIndex(), length, nowS);
        }
        if (copy.length < length) {
            copy = new byte[length];
        }
        payload.getBytes(payload.readerIndex(), copy, 0, length);
        return datagrams.answer(copy, 0, length, nowS);
    }
}
