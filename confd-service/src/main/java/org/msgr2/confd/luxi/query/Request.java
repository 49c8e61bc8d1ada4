package org.msgr2.confd.luxi.query;

import org.msgr2.confd.luxi.fault.RefusedCallException;

/** A call whose method and arguments are known to be sound. Immutable. */
public sealed interface Request
        permits ObjectQuery, FieldQuery, ClassicQuery, JobQuery, TagQuery, ClusterInfoQuery, UnservedRequest {

    /** What is to be answered. Most of the work is done when the answer is written. */
    Answer answer(QueryContext context) throws RefusedCallException;
}
