package org.msgr2.confd.luxi.fault;

/** Bytes that are no call. The connection is closed after the error (spec/confd §7). */
public final class MalformedCallException extends LuxiException {
    private static final long serialVersionUID = 1L;

    public MalformedCallException(String message) {
        super(message);
    }
}
