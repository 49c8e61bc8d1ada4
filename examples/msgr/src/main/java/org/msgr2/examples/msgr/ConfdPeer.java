package org.msgr2.examples.msgr;

import org.msgr2.confd.client.Question;

/** Whoever answers questions about a Ganeti cluster. */
interface ConfdPeer extends AutoCloseable {

    /** @throws Failure also if the answer is an error */
    ConfdAnswer ask(Question question) throws Failure, InterruptedException;

    @Override
    void close();
}
