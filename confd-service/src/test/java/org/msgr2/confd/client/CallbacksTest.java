package org.msgr2.confd.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.msgr2.confd.wire.Reply;
import org.msgr2.confd.wire.Status;

/** The semantics that Ganeti's tools count on (spec/confd §6). */
class CallbacksTest {
    private final List<Upcall<String>> passed = new ArrayList<>();
    private final List<QuorumResult> results = new ArrayList<>();

    private static Upcall<String> reply(String peer, String answer, long serial) {
        return new Upcall.Replied<>(
                "salt", Question.ping(), new Reply("salt", Status.OK, TextNode.valueOf(answer), serial), peer);
    }

    private static final Upcall<String> EXPIRED = new Upcall.Expired<>("salt", Question.ping());

    @Test
    void theFilterPassesTheFirstAndWhatIsNewerAndDifferent() {
        ReplyFilter<String> filter = new ReplyFilter<>(passed::add);
        Upcall<String> first = reply("a", "x", 5);
        Upcall<String> news = reply("b", "y", 7);
        filter.accept(first);
        filter.accept(reply("b", "x", 6)); // newer, the same
        filter.accept(reply("c", "z", 5)); // older than what is known by now
        filter.accept(news);
        filter.accept(reply("d", "y", 7));
        assertThat(passed).containsExactly(first, news);
        assertThat(filter.consistent("salt")).isTrue();
        assertThat(filter.newest("salt").serial()).isEqualTo(7);
    }

    @Test
    void oneSerialWithTwoAnswersIsInconsistentUntilExpiry() {
        ReplyFilter<String> filter = new ReplyFilter<>(passed::add);
        filter.accept(reply("a", "x", 5));
        filter.accept(reply("b", "y", 5));
        assertThat(passed).hasSize(1);
        assertThat(filter.consistent("salt")).isFalse();
        filter.accept(EXPIRED);
        assertThat(passed).hasSize(2);
        assertThat(filter.consistent("salt")).isTrue();
        assertThat(filter.newest("salt")).isNull();
    }

    @Test
    void theCounterKnowsWhetherAllHaveAnAnswer() {
        ReplyCounter<String> counter = new ReplyCounter<>(passed::add);
        counter.register("salt");
        assertThat(counter.allAnswered()).isFalse();
        counter.accept(reply("a", "x", 1));
        counter.accept(reply("b", "x", 1));
        assertThat(counter.allAnswered()).isTrue();
        assertThat(counter.count("salt")).isEqualTo(2);
        counter.accept(EXPIRED);
        assertThat(counter.count("salt")).isZero();
        assertThat(passed).hasSize(3);
    }

    @Test
    void theStoreRemembersTheLastReply() {
        ReplyStore<String> store = new ReplyStore<>();
        assertThat(store.last("salt")).isNull();
        Upcall<String> last = reply("b", "y", 2);
        store.accept(reply("a", "x", 1));
        store.accept(last);
        store.accept(EXPIRED);
        assertThat(store.last("salt")).isEqualTo(last);
    }

    @Test
    void aQuorumTakesTheNewestOfEnoughDifferentPeers() {
        QuorumRead<String> read = new QuorumRead<>(6, Coverage.USUAL, results::add);
        read.accept(reply("a", "old", 1));
        read.accept(reply("a", "old", 1));
        read.accept(reply("b", "new", 3));
        read.accept(reply("c", "older", 2));
        assertThat(results).isEmpty();
        read.accept(reply("d", "new", 3));
        read.accept(reply("e", "late", 9));
        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.newest().answer().asText()).isEqualTo("new");
            assertThat(result.received()).isEqualTo(4);
            assertThat(result.timedOut()).isFalse();
            assertThat(result.consistent()).isTrue();
        });
    }

    @Test
    void aQuorumThatIsNotReachedSaysSoAndWhatItHas() {
        QuorumRead<String> read = new QuorumRead<>(3, Coverage.ALL, results::add);
        read.accept(reply("a", "x", 1));
        read.accept(EXPIRED);
        assertThat(results.get(0).timedOut()).isTrue();
        assertThat(results.get(0).newest().answer().asText()).isEqualTo("x");
    }

    @Test
    void ofRepliesWithOneSerialAnAnswerCountsBeforeAnError() {
        QuorumRead<String> read = new QuorumRead<>(2, Coverage.ALL, results::add);
        read.accept(new Upcall.Replied<>(
                "salt", Question.ping(), new Reply("salt", Status.ERROR, TextNode.valueOf("no file"), 0), "a"));
        read.accept(reply("b", "3000000", 0));
        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.newest().answer().asText()).isEqualTo("3000000");
            assertThat(result.consistent()).isFalse();
        });
    }

    @Test
    void contradictionsAmongTheNewestAreReported() {
        QuorumRead<String> read = new QuorumRead<>(2, Coverage.ALL, results::add);
        read.accept(reply("a", "x", 1));
        read.accept(reply("b", "y", 1));
        assertThat(results.get(0).consistent()).isFalse();
    }
}
