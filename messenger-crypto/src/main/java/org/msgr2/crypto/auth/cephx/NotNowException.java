package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;

/** What the peer asks for is due to it, but we do not have it at the moment: -EBUSY. In a handshake, a plain close. */
final class NotNowException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    NotNowException(String detail) {
        super(FaultKind.AUTH, detail);
    }
}
