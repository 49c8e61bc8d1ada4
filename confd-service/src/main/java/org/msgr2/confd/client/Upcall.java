package org.msgr2.confd.client;

import org.msgr2.confd.wire.Reply;

/**
 * What happened to a request. Immutable.
 *
 * @param <P> how peers are told apart
 */
public sealed interface Upcall<P> {

    /** The {@code rsalt} that identifies the request. */
    String salt();

    Question question();

    /** A peer has replied; several may. */
    record Replied<P>(String salt, Question question, Reply reply, P peer) implements Upcall<P> {}

    /** No more replies are waited for. Comes once for every request, after all replies. */
    record Expired<P>(String salt, Question question) implements Upcall<P> {}
}
