package org.msgr2.core.frame;

import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.MessageHeader;
import org.msgr2.core.wire.Limits;

/**
 * What sizes are acceptable at this point of a connection. Checked on the preamble, before anything is allocated for the
 * frame that it announces.
 */
@FunctionalInterface
public interface FrameBounds {

    /** @throws ProtocolException naming the size and its bound */
    void check(Preamble preamble) throws ProtocolException;

    /** Until READY: single segments of a few KiB, and no MESSAGE at all (F21, F28). */
    static FrameBounds handshake(Limits limits) {
        int max = limits.handshake().frameBytesMax();
        return preamble -> {
            if (!preamble.tag().isControl()) {
                throw new ProtocolException(FaultKind.SEQUENCE, "before the session is ready")
                        .inFrame(preamble.tag().name());
            }
            checkControl(preamble, max);
        };
    }

    /** From READY on. */
    static FrameBounds session(Limits limits) {
        Limits.Frames max = limits.frames();
        return preamble -> {
            if (preamble.tag().isControl()) {
                checkControl(preamble, max.controlBytesMax());
                return;
            }
            if (preamble.length(0) < MessageHeader.BYTES) {
                throw new ProtocolException(
                                FaultKind.MALFORMED,
                                "header segment of " + preamble.length(0) + " bytes, expected at least "
                                        + MessageHeader.BYTES)
                        .inFrame(preamble.tag().name());
            }
            checkLength(preamble, "header segment", preamble.length(0), max.headerBytesMax());
            checkLength(preamble, "front", preamble.length(1), max.frontBytesMax());
            checkLength(preamble, "middle", preamble.length(2), max.middleBytesMax());
            checkLength(preamble, "data", preamble.length(3), max.dataBytesMax());
            checkLength(preamble, "front, middle and data", preamble.payloadBytes(), max.messageBytesMax());
        };
    }

    private static void checkControl(Preamble preamble, int max) throws ProtocolException {
        if (preamble.segments() != 1) {
            throw new ProtocolException(FaultKind.MALFORMED, preamble.segments() + " segments, a control frame has one")
                    .inFrame(preamble.tag().name());
        }
        if (preamble.length(0) == 0 && preamble.tag() != Tag.WAIT) {
            throw new ProtocolException(FaultKind.MALFORMED, "empty segment")
                    .inFrame(preamble.tag().name());
        }
        checkLength(preamble, "segment", preamble.length(0), max);
    }

    private static void checkLength(Preamble preamble, String what, long length, int max) throws ProtocolException {
        if (length > max) {
            throw new ProtocolException(
                            FaultKind.LIMIT, what + " of " + length + " bytes, at most " + max + " are accepted")
                    .inFrame(preamble.tag().name());
        }
    }
}
