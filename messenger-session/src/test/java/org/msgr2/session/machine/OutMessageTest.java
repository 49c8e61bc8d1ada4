package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.msgr2.core.message.Message;
import org.msgr2.session.SendResult;
import org.msgr2.session.SendResult.Revocation;

class OutMessageTest {
    private final List<OutMessage> told = new ArrayList<>();

    private OutMessage message() {
        return new OutMessage(Message.builder(1).build(), 7, 300, told::add);
    }

    @Test
    void isItselfTheAnswerThatItsSenderGot() {
        OutMessage message = message();
        assertThat(message.outcome()).isEqualTo(SendResult.Outcome.ACCEPTED);
        assertThat(message.number()).isEqualTo(7);
        assertThat(message.bytes()).isEqualTo(300);
        assertThat(message).hasToString("message 7");
    }

    @Test
    void whatWasTakenBackIsNobodysToDiscardOrToWrite() {
        OutMessage message = message();
        assertThat(message.revoke()).isEqualTo(Revocation.REMOVED);
        assertThat(told).containsExactly(message);
        assertThat(message.isRevoked()).isTrue();
        assertThat(message.begin()).isFalse();
        assertThat(message.discard()).isFalse();
        assertThat(message.revoke()).isEqualTo(Revocation.NOTHING);
        assertThat(told).as("once").hasSize(1);
    }

    @Test
    void isDiscardedOnce() {
        for (boolean begun : new boolean[] {true, false}) {
            OutMessage message = message();
            if (begun) {
                assertThat(message.begin()).isTrue();
            }
            assertThat(message.isRevoked()).isFalse();
            assertThat(message.discard()).isTrue();
            assertThat(message.discard()).isFalse();
            assertThat(message.revoke()).isEqualTo(Revocation.NOTHING);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void whoeverIsFirstDecidesAboutTheEndOfAFrame() {
        OutMessage written = message();
        written.begin();
        written.abortable();
        assertThat(written.finish()).isTrue();
        assertThat(written.isAborted()).isFalse();
        assertThat(written.revoke()).isEqualTo(Revocation.TOO_LATE);

        OutMessage aborted = message();
        aborted.begin();
        aborted.abortable();
        assertThat(aborted.revoke()).isEqualTo(Revocation.ABORTED);
        assertThat(aborted.isAborted()).isTrue();
        assertThat(aborted.finish()).isFalse();
        assertThat(told).as("its session finds out by itself").isEmpty();
    }
}
