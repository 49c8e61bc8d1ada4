package org.msgr2.crypto.auth;

import java.util.List;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;

/**
 * The accepting end of one authentication. One instance per connection; called from one thread at a time. A {@link
 * ProtocolException} closes the connection; a refusal that the connector may answer is a {@link AuthReply.BadMethod}.
 */
public interface AuthServer {

    /**
     * AUTH_REQUEST. Comes again after a {@link AuthReply.BadMethod}.
     *
     * @param method see {@link AuthMethod}
     * @param preferredModes in the connector's order; empty means crc
     */
    AuthReply request(int method, List<Integer> preferredModes, Opaque payload) throws ProtocolException;

    /** AUTH_REQUEST_MORE, after a {@link AuthReply.More}. */
    AuthReply requestMore(Opaque payload) throws ProtocolException;
}
