package org.msgr2.crypto.auth;

import java.util.List;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;

/**
 * The connecting end of one authentication. One instance per connection attempt, since a challenge belongs to its
 * connection (CVE-2020-25660); called from one thread at a time. A {@link ProtocolException} ends the attempt.
 */
public interface AuthClient {

    /**
     * What the connector asks for.
     *
     * @param modes in order of preference
     */
    record Offer(AuthMethod method, List<ConnectionMode> modes, Opaque payload) {
        public Offer {
            modes = List.copyOf(modes);
        }
    }

    /**
     * The first request.
     *
     * @throws ProtocolException if we have nothing to show, such as no ticket for this kind of peer yet
     */
    Offer start() throws ProtocolException;

    /** The acceptor wants more: the answer to its payload. */
    Opaque replyMore(Opaque payload) throws ProtocolException;

    /**
     * The acceptor is satisfied; now it is the connector's turn to be, of the payload and of the mode that was chosen.
     *
     * @param globalId the id that the acceptor gave us
     */
    AuthOutcome done(long globalId, ConnectionMode mode, Opaque payload) throws ProtocolException;

    /**
     * The acceptor refused: another offer for the same connection, if there is one.
     *
     * @param result a negative errno
     */
    Offer badMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            throws ProtocolException;
}
