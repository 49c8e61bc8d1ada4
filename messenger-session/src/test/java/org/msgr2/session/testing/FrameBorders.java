package org.msgr2.session.testing;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.FrameObserver.ObservedFrame;

/**
 * Where frames begin and end in the streams between some {@link FaultTransport}s: known from whoever writes them, since nobody
 * else can tell in secure mode. For loops that do not run at once.
 */
public final class FrameBorders {
    private record Ends(EntityAddr local, EntityAddr remote) {}

    private final Map<Ends, FaultStream> streams = new HashMap<>();

    void opened(FaultStream stream) {
        streams.put(new Ends(stream.localAddr(), stream.remoteAddr()), stream);
    }

    void closed(FaultStream stream) {
        streams.remove(new Ends(stream.localAddr(), stream.remoteAddr()), stream);
    }

    /** A messenger has written a frame, into its buffers at first. */
    void written(ObservedFrame frame) {
        FaultStream writer = streams.get(new Ends(frame.local(), frame.remote()));
        if (writer != null) {
            writer.willWrite(frame);
        }
        @Nullable FaultStream reader = streams.get(new Ends(frame.remote(), frame.local()));
        if (reader != null) {
            reader.willRead(frame);
        }
    }
}
