package org.msgr2.session.transport;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * Datagrams that came together, in the order in which they came: at least one, at most {@link DatagramOptions#batchMax}. The
 * object is used again for the next ones.
 */
public interface DatagramBatch {

    int size();

    /** @param index from 0 */
    InetSocketAddress sender(int index);

    /**
     * Its bytes; {@code retain()} them to keep them. They may be a piece of a buffer for a whole batch, which is kept as long.
     *
     * @param index from 0
     */
    ByteBuf payload(int index);
}
