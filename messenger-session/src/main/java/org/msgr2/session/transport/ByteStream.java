package org.msgr2.session.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;

/** One open connection of a network. All methods are called on its loop. */
public interface ByteStream {

    Loop loop();

    ByteBufAllocator allocator();

    /** Our end, with type MSGR2 and nonce 0; blank in a Unix-domain stream. */
    EntityAddr localAddr();

    /** The peer's end, with type MSGR2 and nonce 0; blank in a Unix-domain stream. */
    EntityAddr remoteAddr();

    /** What protects the bytes on their way; null if nothing does. Constant from {@link StreamListener#onOpen} on. */
    default @Nullable TransportSecurity security() {
        return null;
    }

    /** Who has opened a Unix-domain stream; null for any other, and where the platform does not tell. */
    default @Nullable PeerCredentials peerCredentials() {
        return null;
    }

    /** Queues bytes to be sent at the next {@link #flush}. Ownership passes. */
    void write(ByteBuf bytes);

    void flush();

    /** False while so many bytes wait to be sent that more should not be written; {@link StreamListener#onWritable} ends it. */
    boolean isWritable();

    /** Whether bytes are read; what is in flight may still come after it was turned off. True at first. */
    void setReading(boolean reading);

    /**
     * Goes over to another loop of the same transport: from {@code moved} on, which runs there, everything about the stream
     * happens there. Until then nothing is told to the listener, and nothing may be asked of the stream but to close it. Bytes
     * stay in order, and none is lost. If the stream ends on the way, {@code moved} does not run. Only if {@link
     * Transport#movesStreams}.
     */
    void moveTo(Loop loop, Runnable moved);

    /** The most to read at once, from now on. */
    void setReadBufferBytes(int bytes);

    /** Closes at once, without sending what is queued. {@link StreamListener#onClosed} follows. Idempotent. */
    void close();

    /** Closes when everything written is sent. */
    void finish();
}
