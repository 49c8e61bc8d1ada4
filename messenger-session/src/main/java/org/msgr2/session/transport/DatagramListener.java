package org.msgr2.session.transport;

import org.jspecify.annotations.Nullable;

/** What a datagram socket tells its owner, always on the socket's loop: it must not block. */
public interface DatagramListener {

    /**
     * Datagrams came. What is sent by the socket within this call leaves when it returns, together where the platform can.
     * What it throws is logged and counted; the socket goes on, and the rest of the batch is lost.
     *
     * @param batch borrowed for the duration of the call
     */
    void onDatagrams(DatagramHandle socket, DatagramBatch batch);

    /**
     * The socket is closed: by its owner, with the messenger, or because it failed. Once, last.
     *
     * @param cause null unless it failed
     */
    default void onClosed(@Nullable Throwable cause) {}
}
