package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.SessionEvent;

/** Commands without an answer. */
class CommandTableTest {
    /** Close to the overflow of the monotonic clock. */
    private static final long NOW = Long.MAX_VALUE - 100;

    private static long later(long nanos) {
        return NOW + nanos;
    }

    private final CommandTable table = new CommandTable(3, 1000);

    private CommandTable.Pending sent(long number) {
        assertThat(table.add(List.of("one"), Opaque.EMPTY, later(1000), new CompletableFuture<>()))
                .isTrue();
        CommandTable.Pending command = table.nextUnsent();
        assertThat(command).isNotNull();
        command.sent(number);
        return command;
    }

    @Test
    void findsACommandByItsTidOnce() {
        CommandTable.Pending first = sent(1);
        CommandTable.Pending second = sent(2);
        assertThat(table.answered(second.tid)).isSameAs(second);
        assertThat(table.answered(second.tid)).isNull();
        assertThat(table.isOurs(second.tid)).isTrue();
        assertThat(table.answered(first.tid)).isSameAs(first);
        assertThat(table.size()).isZero();
        assertThat(table.isOurs(0)).isFalse();
        assertThat(table.isOurs(3)).isFalse();
        assertThat(table.isOurs(-1)).isFalse();
    }

    @Test
    void takesNoAnswerToWhatWasNotSent() {
        table.add(List.of("one"), Opaque.EMPTY, later(1000), new CompletableFuture<>());
        assertThat(table.answered(1)).isNull();
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void isBoundedInNumberAndBytes() {
        assertThat(table.add(List.of("x"), Opaque.zeros(1000), NOW, new CompletableFuture<>()))
                .isFalse();
        assertThat(table.add(List.of("x"), Opaque.zeros(999), NOW, new CompletableFuture<>()))
                .isTrue();
        assertThat(table.add(List.of("x"), Opaque.EMPTY, NOW, new CompletableFuture<>()))
                .isFalse();
        assertThat(table.expire(NOW)).hasSize(1);
        for (int i = 0; i < 3; i++) {
            assertThat(table.add(List.of("x"), Opaque.EMPTY, NOW, new CompletableFuture<>()))
                    .isTrue();
        }
        assertThat(table.add(List.of("x"), Opaque.EMPTY, NOW, new CompletableFuture<>()))
                .isFalse();
    }

    @Test
    void expiresAcrossTheOverflowOfTheClock() {
        CommandTable.Pending command = sent(1);
        assertThat(table.idle(NOW, Duration.ofSeconds(1))).isEqualTo(Duration.ofNanos(1000));
        assertThat(table.expire(later(999))).isEmpty();
        assertThat(table.expire(later(1000))).containsExactly(command);
    }

    /** Two of ours among the session's messages, as numbers 4 and 6. */
    @ParameterizedTest
    @CsvSource({
        "4, 6, 3, false, false", // all of them
        "1, 9, 9, false, false",
        "1, 9, 8, true, true", // one was sent: perhaps one of ours
        "4, 6, 2, false, false", // both ends are named for certain
        "5, 9, 4, true, true",
        "5, 5, 1, true, true",
        "6, 9, 2, true, false"
    })
    void believesOnlyWhatADiscardSaysForCertain(long first, long last, int messages, boolean four, boolean six) {
        CommandTable.Pending fourth = sent(4);
        CommandTable.Pending sixth = sent(6);
        table.discarded(new SessionEvent.Discarded(first, last, messages, "test"));
        assertThat(fourth.wasSent()).isEqualTo(four);
        assertThat(sixth.wasSent()).isEqualTo(six);
        assertThat(table.endSession()).hasSize((four ? 1 : 0) + (six ? 1 : 0));
    }
}
