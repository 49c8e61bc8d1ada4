package org.msgr2.core.frame;

import org.msgr2.core.ProtocolException;

/** Takes the frames that a polled machine wants to send. */
@FunctionalInterface
public interface FrameSink {

    /**
     * @param frame borrowed for the duration of the call; if it has a rest then, it comes again for it, before any other (see
     *     {@link OutFrame#hasRest})
     */
    void frame(OutFrame frame) throws ProtocolException;
}
