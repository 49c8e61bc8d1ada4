package org.msgr2.crypto.auth.cephx;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.ConnectionMode;

/**
 * How both kinds of acceptors say no.
 *
 * @param modes what we allow, which the peer is told
 */
record Refuser(LoginListener listener, List<ConnectionMode> modes) {

    /** Tells the listener why, and the peer no more than the result. */
    AuthReply refuse(@Nullable EntityName claimed, Refused refused) {
        listener.refused(claimed, refused.reason());
        return new AuthReply.BadMethod(refused.result(), List.of(AuthMethod.CEPHX), modes);
    }

    /** @param due whether the frame that came is the one that is */
    static void expect(boolean due) throws ProtocolException {
        if (!due) {
            throw new ProtocolException(FaultKind.SEQUENCE, "an authentication frame where none is due");
        }
    }
}
