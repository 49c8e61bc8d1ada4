package org.msgr2.crypto.auth;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.msgr2.core.wire.Opaque;

/** What the accepting end of an authentication answers. */
public sealed interface AuthReply {

    /** Another round: AUTH_REPLY_MORE. */
    record More(Opaque payload) implements AuthReply {}

    /** Convinced: AUTH_DONE. */
    record Done(long globalId, ConnectionMode mode, Opaque payload, AuthOutcome outcome) implements AuthReply {}

    /**
     * Not this way: AUTH_BAD_METHOD. The connector may try another on the same connection.
     *
     * @param result a negative errno
     */
    record BadMethod(int result, List<AuthMethod> allowedMethods, List<ConnectionMode> allowedModes)
            implements AuthReply {
        public BadMethod {
            allowedMethods = List.copyOf(allowedMethods);
            allowedModes = List.copyOf(allowedModes);
        }
    }

    /** The answer needs something that is not here yet, such as a key; the connection waits, its loop does not. */
    record Later(CompletionStage<AuthReply> reply) implements AuthReply {}
}
