package org.msgr2.session.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GlobalSeqTest {
    @Test
    void growsByOneFromWhereItBegan() {
        GlobalSeq seq = new GlobalSeq(1_700_000_000);
        assertThat(List.of(seq.next(0), seq.next(0), seq.next(0)))
                .containsExactly(1_700_000_001L, 1_700_000_002L, 1_700_000_003L);
    }

    @Test
    void jumpsAboveWhatWasHeardAndStaysThere() {
        GlobalSeq seq = new GlobalSeq(10);
        assertThat(seq.next(100)).isEqualTo(101);
        assertThat(seq.next(50)).isEqualTo(102);
        assertThat(seq.next(102)).isEqualTo(103);
        assertThat(seq.next(0)).isEqualTo(104);
    }

    @Test
    void noNumberIsGivenTwiceHoweverManyAsk() {
        GlobalSeq seq = new GlobalSeq(0);
        int count = 10_000;
        List<Long> given =
                IntStream.range(0, count).parallel().mapToObj(i -> seq.next(0)).toList();
        Set<Long> different = new HashSet<>(given);
        assertThat(different).hasSize(count);
        assertThat(seq.next(0)).isEqualTo(count + 1);
    }
}
