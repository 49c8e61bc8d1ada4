package org.msgr2.crypto.auth.cephx;

import java.util.List;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.Errno;

/** An AUTH_BAD_METHOD that we have no other offer for, in words. */
final class Refusals {
    private Refusals() {}

    static ProtocolException of(AuthMethod method, int result, List<Integer> methods, List<Integer> modes) {
        return new ProtocolException(
                FaultKind.AUTH,
                "the peer refuses method " + method + " with " + Errno.toString(result) + ": it allows methods "
                        + AuthMethod.toString(methods) + ", modes " + ConnectionMode.toString(modes));
    }
}
