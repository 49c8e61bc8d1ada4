package org.msgr2.core.wire;

import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;

/** Bytes that cannot be decoded: too short, or a value that has no meaning. The message names field and value. */
public final class WireException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    public WireException(String detail) {
        super(FaultKind.MALFORMED, detail);
    }

    public WireException(FaultKind kind, String detail) {
        super(kind, detail);
    }
}
