package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.Scenario;

class OutQueueTest {
    private final OutQueue queue = new OutQueue();
    private long numbers;

    private OutMessage add(int priority) {
        OutMessage message =
                new OutMessage(Message.builder(1).priority(priority).build(), ++numbers, 0);
        queue.add(message);
        return message;
    }

    private List<Long> pollAll() {
        List<Long> all = new ArrayList<>();
        for (OutMessage message = queue.poll(); message != null; message = queue.poll()) {
            all.add(message.number());
        }
        return all;
    }

    @Test
    void anEmptyQueueHasNothing() {
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.poll()).isNull();
        add(1);
        assertThat(queue.isEmpty()).isFalse();
        assertThat(pollAll()).containsExactly(1L);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.poll()).isNull();
    }

    @Test
    @Scenario("P33")
    void higherPrioritiesGoFirstAndEachInItsOrder() {
        for (int priority : new int[] {127, 64, 255, 127, 65_535, 0, 255, 64}) {
            add(priority);
        }
        assertThat(pollAll()).containsExactly(5L, 3L, 7L, 1L, 4L, 2L, 8L, 6L);
    }

    @Test
    @Scenario("P33")
    void aHigherPriorityOvertakesWhatIsStillQueued() {
        add(127);
        add(127);
        assertThat(queue.poll().number()).isEqualTo(1);
        add(196);
        add(127);
        assertThat(pollAll()).containsExactly(3L, 2L, 4L);
    }

    @Test
    void everyOrderOfAddingAndPollingIsAStableSort() {
        SplittableRandom random = new SplittableRandom(5);
        List<OutMessage> model = new ArrayList<>();
        Comparator<OutMessage> order = Comparator.<OutMessage>comparingInt(
                        m -> -m.message().header().priority())
                .thenComparingLong(OutMessage::number);
        for (int step = 0; step < 20_000; step++) {
            if (random.nextInt(20) < 10) {
                model.add(add(random.nextInt(6) * 50));
            } else {
                OutMessage expected = model.stream().min(order).orElse(null);
                model.remove(expected);
                assertThat(queue.poll()).isSameAs(expected);
            }
            assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
        }
    }

    private static long waiting(List<OutMessage> revoked) {
        return revoked.stream()
                .filter(message -> message.place() == OutMessage.Place.REVOKED)
                .count();
    }

    @Test
    void whatWasTakenBackStaysOnlyWhileItIsTheLesserPart() {
        List<OutMessage> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            OutMessage message = new OutMessage(Message.builder(1).build(), ++numbers, 0, revoked -> {});
            all.add(message);
            queue.add(message);
        }
        for (int i = 0; i < 6; i++) {
            all.get(i).revoke();
            queue.revoked(all.get(i));
            assertThat(waiting(all)).isEqualTo(i < 5 ? i + 1 : 0);
            assertThat(queue.isEmpty()).isFalse();
        }
        assertThat(pollAll()).containsExactly(7L, 8L, 9L, 10L);
        assertThat(queue.isEmpty()).isTrue();
    }
}
