package org.msgr2.confd.luxi.fault;

/** A call that gets no answer but an error. */
public abstract sealed class LuxiException extends Exception permits MalformedCallException, RefusedCallException {
    private static final long serialVersionUID = 1L;

    LuxiException(String message) {
        super(message);
    }
}
