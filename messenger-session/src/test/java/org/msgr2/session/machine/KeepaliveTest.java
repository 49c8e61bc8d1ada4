package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.msgr2.core.frame.ControlFrame.Keepalive2;
import org.msgr2.core.frame.ControlFrame.Keepalive2Ack;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.UTime;

class KeepaliveTest {
    private final Keepalive keepalive = new Keepalive();
    private final List<String> answered = new ArrayList<>();
    private final List<Long> failed = new ArrayList<>();

    private static UTime stamp(long seconds) {
        return new UTime(seconds, 5);
    }

    private void answer(long stamp, long nowNs) {
        keepalive.answered(stamp(stamp), nowNs, (number, roundTripNs) -> answered.add(number + " in " + roundTripNs));
    }

    @Test
    void nothingIsToBeDoneAtFirst() {
        assertThat(keepalive.hasWork()).isFalse();
        assertThat(keepalive.poll(0)).isNull();
        assertThat(keepalive.oldestSentNs()).isEqualTo(Keepalive.NONE);
    }

    @Test
    @Scenario("P28")
    void answersComeBeforeQuestionsAndBothInOrder() {
        keepalive.ask(1, stamp(1));
        keepalive.asked(stamp(100));
        keepalive.ask(2, stamp(2));
        keepalive.asked(new UTime(0xffff_ffffL, 0xffff_ffffL));
        assertThat(keepalive.hasWork()).isTrue();
        assertThat(keepalive.poll(0)).isEqualTo(new Keepalive2Ack(stamp(100)));
        assertThat(keepalive.poll(0)).isEqualTo(new Keepalive2Ack(new UTime(0xffff_ffffL, 0xffff_ffffL)));
        assertThat(keepalive.poll(0)).isEqualTo(new Keepalive2(stamp(1)));
        assertThat(keepalive.poll(0)).isEqualTo(new Keepalive2(stamp(2)));
        assertThat(keepalive.poll(0)).isNull();
        assertThat(keepalive.hasWork()).isFalse();
    }

    @Test
    void theRoundTripBeginsWhenTheQuestionIsWritten() {
        keepalive.ask(7, stamp(1));
        keepalive.poll(1000);
        assertThat(keepalive.oldestSentNs()).isEqualTo(1000);
        answer(1, 1700);
        assertThat(answered).containsExactly("7 in 700");
        assertThat(keepalive.oldestSentNs()).isEqualTo(Keepalive.NONE);
    }

    @Test
    void anAnswerCoversTheQuestionsBeforeIt() {
        for (int i = 1; i <= 4; i++) {
            keepalive.ask(i, stamp(i));
            keepalive.poll(i * 10L);
        }
        answer(3, 100);
        assertThat(answered).containsExactly("1 in 90", "2 in 80", "3 in 70");
        assertThat(keepalive.oldestSentNs()).isEqualTo(40);
    }

    @Test
    void questionsOfTheSameMomentAreAnsweredOneByOne() {
        for (int i = 1; i <= 2; i++) {
            keepalive.ask(i, stamp(9));
            keepalive.poll(0);
        }
        answer(9, 5);
        assertThat(answered).containsExactly("1 in 5");
        answer(9, 6);
        assertThat(answered).containsExactly("1 in 5", "2 in 6");
        answer(9, 7);
        assertThat(answered).hasSize(2);
    }

    @Test
    void anAnswerThatFitsNoQuestionIsIgnored() {
        keepalive.ask(1, stamp(1));
        answer(1, 5);
        keepalive.poll(0);
        answer(2, 5);
        assertThat(answered).isEmpty();
        assertThat(keepalive.oldestSentNs()).isZero();
    }

    @Test
    void questionsUnderWayAreBoundedWhetherSentOrNot() {
        for (int i = 0; i < Keepalive.PINGS_MAX; i++) {
            assertThat(keepalive.ask(i, stamp(i))).isTrue();
            if (i % 2 == 0) {
                keepalive.poll(0);
            }
        }
        assertThat(keepalive.ask(1000, stamp(1000))).isFalse();
        answer(0, 1);
        assertThat(keepalive.ask(1001, stamp(1001))).isTrue();
    }

    @Test
    void aPeerThatAsksTooFastLosesTheOldestQuestions() {
        for (int i = 0; i < 1000; i++) {
            keepalive.asked(stamp(i));
        }
        List<UTime> stamps = new ArrayList<>();
        while (keepalive.hasWork()) {
            stamps.add(((Keepalive2Ack) keepalive.poll(0)).timestamp());
        }
        assertThat(stamps).hasSize(64).startsWith(stamp(936)).endsWith(stamp(999));
    }

    @Test
    void aLostTransportFailsWhatWasSentAndForgetsWhatWasAsked() {
        keepalive.ask(1, stamp(1));
        keepalive.poll(0);
        keepalive.ask(2, stamp(2));
        keepalive.asked(stamp(3));
        keepalive.transportLost(failed::add);
        assertThat(failed).containsExactly(1L);
        assertThat(keepalive.oldestSentNs()).isEqualTo(Keepalive.NONE);
        assertThat(keepalive.poll(0)).isEqualTo(new Keepalive2(stamp(2)));
        assertThat(keepalive.poll(0)).isNull();
        answer(1, 5);
        assertThat(answered).isEmpty();
    }

    @Test
    void theEndFailsEverythingOnce() {
        keepalive.ask(1, stamp(1));
        keepalive.poll(0);
        keepalive.ask(2, stamp(2));
        keepalive.close(failed::add);
        keepalive.close(failed::add);
        assertThat(failed).containsExactly(1L, 2L);
        assertThat(keepalive.hasWork()).isFalse();
    }
}
