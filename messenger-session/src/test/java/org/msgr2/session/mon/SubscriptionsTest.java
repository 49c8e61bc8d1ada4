package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgr2.core.mon.MonSubscribe;

/** What each session asks its monitor to tell. */
class SubscriptionsTest {
    private final Subscriptions subscriptions = new Subscriptions();

    private boolean want(String what, long start, boolean oneTime) {
        return subscriptions.want(new MonSubscribe.Item(what, start, oneTime));
    }

    private @Nullable MonSubscribe send() {
        MonSubscribe wishes = subscriptions.unsent();
        subscriptions.sent();
        return wishes;
    }

    private static MonSubscribe.Item item(String what, long start, boolean oneTime) {
        return new MonSubscribe.Item(what, start, oneTime);
    }

    @Test
    void asksEachSessionForWhatFollows() {
        want("monmap", 0, false);
        want("osdmap", 3, false);
        assertThat(send().items()).containsExactly(item("monmap", 0, false), item("osdmap", 3, false));
        assertThat(send()).isNull();
        subscriptions.received("osdmap", 7);
        subscriptions.received("osdmap", 6);
        subscriptions.received("monmap", 1);
        subscriptions.received("nothing", 1);
        assertThat(send()).isNull();
        subscriptions.newSession();
        assertThat(send().items()).containsExactly(item("monmap", 2, false), item("osdmap", 8, false));
    }

    @Test
    void asksAgainForWhatDidNotGetThrough() {
        want("config", 0, false);
        assertThat(subscriptions.unsent()).isEqualTo(subscriptions.unsent()).isNotNull();
    }

    @Test
    void asksForOneAnswerUntilItHasCome() {
        want("osdmap", 3, true);
        send();
        subscriptions.received("osdmap", 2);
        subscriptions.newSession();
        assertThat(send().items()).containsExactly(item("osdmap", 3, true));
        subscriptions.received("osdmap", 3);
        subscriptions.newSession();
        assertThat(send()).isNull();
    }

    @Test
    void forgetsWhatIsNotWantedAnyMoreAndTakesSoManyAndNoMore() {
        for (int i = 0; i < Subscriptions.MAX; i++) {
            assertThat(want("map" + i, 0, false)).isTrue();
        }
        assertThat(want("one more", 0, false)).isFalse();
        assertThat(want("map0", 9, false)).isTrue();
        subscriptions.forget("map1");
        assertThat(want("one more", 0, false)).isTrue();
        assertThat(send().items())
                .hasSize(Subscriptions.MAX)
                .contains(item("map0", 9, false))
                .doesNotContain(item("map1", 0, false));
    }
}
