package org.msgr2.session.rpc;

/**
 * What a callee answers with any number of items. The call goes on, whatever thread the handler has left, until {@link #end} or
 * {@link #fail}, or until it is cancelled. Thread-safe.
 */
public interface ResponseStream<R> extends ItemSink<R> {

    /** There are no more items, and all is well. Does nothing if the call has ended. */
    void end();

    /** There are no more items, and this is why. Does nothing if the call has ended. */
    void fail(CallException why);
}
