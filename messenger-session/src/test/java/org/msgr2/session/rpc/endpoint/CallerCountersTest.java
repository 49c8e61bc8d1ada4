package org.msgr2.session.rpc.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Counters of what an application calls, whose names nobody has bounded. */
class CallerCountersTest {
    private final CallerCounters counters = new CallerCounters(2);
    private final List<String> told = new ArrayList<>();

    private void tell() {
        counters.tell(each -> told.add(each.service() + "." + each.method()));
    }

    @Test
    void eachMethodHasItsOwnUntilThereAreTooMany() {
        CallCounters first = counters.of("a", "x");

        assertThat(counters.of("a", "x")).isSameAs(first);
        assertThat(counters.of("b", "x")).isNotSameAs(first);
        assertThat(counters.of("c", "x").service()).isEqualTo(CallCounters.UNKNOWN);
        assertThat(counters.of("d", "y")).isSameAs(counters.of("c", "x"));
        assertThat(counters.of("a", "x")).isSameAs(first);
    }

    @Test
    void whoWantsToKnowIsToldOfEachOnce() {
        counters.of("a", "x");
        tell();
        counters.of("b", "x");
        counters.of("b", "x");
        counters.of("c", "x");
        counters.of("a", "x");

        assertThat(told).containsExactly("_unknown._unknown", "a.x", "b.x");
    }
}
