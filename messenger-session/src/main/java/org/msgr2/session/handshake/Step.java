package org.msgr2.session.handshake;

import java.util.concurrent.CompletionStage;
import org.msgr2.crypto.auth.AuthReply;

/** What a phase made of its input. A phase that cannot go on throws. */
sealed interface Step {

    /** The same phase goes on with the next frame. */
    record Stay() implements Step {}

    /** The same phase needs more bytes. */
    record NeedBytes() implements Step {}

    /** This phase is over. */
    record Next(Phase phase) implements Step {}

    /** The answer comes later, by {@link Handshake#resume}; no byte is read until then. */
    record Pending(CompletionStage<AuthReply> reply) implements Step {}

    /** The handshake is over. */
    record Done(Secured secured) implements Step {}

    Step STAY = new Stay();
    Step NEED_BYTES = new NeedBytes();
}
