package org.msgr2.confd.wire;

/** Carries a rejection out of the decoder. It has no stack: refusing must cost an attacker's packet nothing. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final Rejection reason;

    private Refusal(Rejection reason) {
        super(reason.label(), null, false, false);
        this.reason = reason;
    }

    static Refusal of(Rejection reason) {
        return new Refusal(reason);
    }

    Rejection reason() {
        return reason;
    }
}
