package org.msgr2.session.rpc;

/** Hears how a call ended: one of the two, once, on one of the messenger's workers. */
public interface CallCallback<R> {

    void answered(R answer);

    void failed(CallException why);
}
