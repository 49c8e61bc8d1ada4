package org.msgr2.session.driver;

import org.msgr2.session.SendResult;

/** An answer to a sender that keeps its message. */
record Refused(Outcome outcome) implements SendResult {
    static final SendResult BACK_PRESSURED = new Refused(Outcome.BACK_PRESSURED);
    static final SendResult CLOSED = new Refused(Outcome.CLOSED);
    static final SendResult TOO_LARGE = new Refused(Outcome.TOO_LARGE);

    @Override
    public long number() {
        return 0;
    }
}
