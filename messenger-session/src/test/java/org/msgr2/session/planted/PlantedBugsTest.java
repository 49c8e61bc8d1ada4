package org.msgr2.session.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whether the simulator would find what could be wrong: mistakes are planted into the session layer, and it has to find each.
 * A build by hand takes a part of them; {@code -Dmsgr2.planted=all} takes all.
 */
@Timeout(600)
class PlantedBugsTest {
    private static final long SCHEDULES_MAX = 10_000;
    private static final int CONTROL_SCHEDULES = 200;
    /** Of so many bugs one is taken when not all are asked for. */
    private static final int ONE_OF = 4;
    /** A bug of whose code the simulator never comes back. */
    private static final int SEARCH_SECONDS_MAX = 200;

    private static Search.@Nullable Quiet quiet;

    @BeforeAll
    static void beQuiet() {
        quiet = Search.quiet();
    }

    @AfterAll
    static void endQuiet() {
        if (quiet != null) {
            quiet.close();
        }
    }

    @Test
    void eachIsFound() throws Exception {
        List<PlantedBug> bugs = chosen();
        long startNs = System.nanoTime();
        Map<PlantedBug, Search.Result> results = search(bugs, bug -> new Search(bug).run(SCHEDULES_MAX));
        StringBuilder text = new StringBuilder();
        results.forEach((bug, result) -> text.append(line(bug, result)));
        text.append(String.format(
                Locale.ROOT, "%d planted bugs in %.1f s%n", bugs.size(), (System.nanoTime() - startNs) / 1e9));
        System.out.print(text);
        List<String> hidden = results.entrySet().stream()
                .filter(result -> !result.getValue().isFound())
                .map(result -> result.getKey().name())
                .toList();
        assertThat(hidden).as("not found within %d schedules", SCHEDULES_MAX).isEmpty();
    }

    @Test
    void withoutABugNothingIsFound() throws Exception {
        Search.Result result = new Search(null).run(CONTROL_SCHEDULES);
        assertThat(result.what()).isNull();
        assertThat(result.schedules()).isEqualTo(CONTROL_SCHEDULES);
    }

    /** What both ends do alike, or what the other end makes good, shows on the wire and nowhere else. */
    @ParameterizedTest
    @CsvSource({
        "both directions use the same nonces, not sealed with the nonce whose turn it is",
        "ack of what has not come, acknowledges message",
        "ACK frame of what has not come, acknowledges message",
        "in_seq off by one in RECONNECT_OK, says that it has message"
    })
    void theWireIsWatched(String name, String violation) throws Exception {
        PlantedBug bug = PlantedBugs.all().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        assertThat(new Search(bug).run(SCHEDULES_MAX).what()).contains(violation);
    }

    @Test
    void thereAreManyEachOfItsOwnName() {
        assertThat(PlantedBugs.all()).hasSizeGreaterThanOrEqualTo(60);
        List<PlantedBug> all = new ArrayList<>(PlantedBugs.all());
        all.addAll(PlantedBugs.hiding());
        assertThat(all).extracting(PlantedBug::name).doesNotHaveDuplicates();
    }

    @Test
    void thoseThatHideAreBugsOfTheCodeAsItIs() throws Exception {
        for (PlantedBug bug : PlantedBugs.hiding()) {
            PlantingLoader loader = new PlantingLoader(PlantedBugsTest.class.getClassLoader(), bug);
            assertThat(Class.forName(bug.binaryName(), true, loader).getClassLoader())
                    .as(bug.name())
                    .isSameAs(loader);
        }
    }

    @Test
    void aBugThatTheCodeHasNoPlaceForIsRefused() {
        PlantedBug twoOfOne = new PlantedBug(
                "", "", "session.machine.Outbound", "acknowledged", Rewriting.dropCall("Outbound.release", 1, 2));
        assertThatThrownBy(() -> new Search(twoOfOne).run(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("acknowledged has 1 times Outbound.release, the bug was made for 2");
        PlantedBug noMethod =
                new PlantedBug("", "", "session.machine.Outbound", "noSuchMethod", Rewriting.doesNothing());
        assertThatThrownBy(() -> new Search(noMethod).run(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Outbound.noSuchMethod: there are 0");
    }

    private static List<PlantedBug> chosen() {
        List<PlantedBug> all = PlantedBugs.all();
        if (System.getProperty("msgr2.planted", "").equals("all")) {
            return all;
        }
        List<PlantedBug> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i += ONE_OF) {
            some.add(all.get(i));
        }
        return List.copyOf(some);
    }

    /** How a bug is looked for. */
    interface Looking {
        Search.Result search(PlantedBug bug) throws ReflectiveOperationException;
    }

    /** Looks for several at once. */
    static Map<PlantedBug, Search.Result> search(List<PlantedBug> bugs, Looking how) throws Exception {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        ExecutorService searches = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "search");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Map<PlantedBug, Future<Search.Result>> running = new LinkedHashMap<>();
            for (PlantedBug bug : bugs) {
                running.put(bug, searches.submit(() -> how.search(bug)));
            }
            Map<PlantedBug, Search.Result> results = new LinkedHashMap<>();
            for (Map.Entry<PlantedBug, Future<Search.Result>> search : running.entrySet()) {
                results.put(search.getKey(), search.getValue().get(SEARCH_SECONDS_MAX, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            searches.shutdownNow();
        }
    }

    /** For people. */
    static String line(PlantedBug bug, Search.Result result) {
        String what = result.what() == null ? "NOT FOUND" : result.what().replace('\n', ' ');
        String start = what.substring(0, Math.min(what.length(), 120));
        return String.format(
                Locale.ROOT, "%-52s %6d %5.1f s  %s%n", bug.name(), result.schedules(), result.seconds(), start);
    }
}
