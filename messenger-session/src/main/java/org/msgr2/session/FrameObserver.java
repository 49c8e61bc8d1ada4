package org.msgr2.session;

import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.frame.Tag;

/**
 * Sees every frame of a messenger's connections go by, those of the handshake included: for traces and statistics. It is told
 * nothing of what is in a frame.
 */
@FunctionalInterface
public interface FrameObserver {

    /**
     * A frame that has been written, and may still be in our own buffers, or that has been read, and is not handled yet.
     *
     * @param local our end of the byte stream
     * @param remote the peer's; both together name the stream, as long as it lives
     * @param dialled whether we have opened the stream
     * @param written by us; otherwise read
     * @param offset in bytes, from the beginning of this direction of the stream to the frame's first one; the banner, which is no
     *     frame, comes before the first
     * @param bytes the frame's length in the stream, whatever protects it included; below TLS there may be more
     */
    record ObservedFrame(
            EntityAddr local, EntityAddr remote, boolean dialled, boolean written, Tag tag, long offset, long bytes) {}

    /**
     * Called on the connection's loop, in the order of the frames: it must not block, and different connections may call at the
     * same time. What it throws ends the connection.
     */
    void onFrame(ObservedFrame frame);
}
