package org.msgr2.confd.luxi.query;

import org.msgr2.confd.luxi.fault.RefusedCallException;

/** A method that exists and is not for this daemon: all that change something, and what came later (spec/confd §7). */
record UnservedRequest(String method) implements Request {
    @Override
    public Answer answer(QueryContext context) throws RefusedCallException {
        throw RefusedCallException.generic("Luxi call '" + method + "' not implemented");
    }
}
