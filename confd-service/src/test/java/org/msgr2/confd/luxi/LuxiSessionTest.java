package org.msgr2.confd.luxi;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.confd.luxi.Fixtures.exchange;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.msgr2.confd.config.ConfigException;
import org.msgr2.confd.luxi.job.JobQueue;
import org.msgr2.confd.luxi.query.QueryLimits;

class LuxiSessionTest {
    private static final String TAGS = "{\"method\":\"QueryTags\",\"args\":[\"cluster\",\"\"]}\3";
    private static final String TAGS_ANSWER = "{\"success\":true,\"result\":[\"alpha\",\"beta:1\"]}";
    private static final String REFUSED = "{\"method\":\"QueryNodes\",\"args\":[[],[],true]}\3";
    private static final String GARBAGE = "garbage\3";

    private final LuxiSession session = new LuxiSession(Fixtures.small());

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void answersCallsThatFollowEachOtherWithoutWaitingInOrder() {
        assertThat(exchange(session, bytes(TAGS + REFUSED + TAGS)))
                .hasSize(3)
                .satisfies(replies -> assertThat(replies.get(1)).startsWith("{\"success\":false"))
                .startsWith(TAGS_ANSWER)
                .endsWith(TAGS_ANSWER);
        assertThat(session.isClosed()).isFalse();
    }

    @Test
    void answersTheSameHoweverTheBytesAreCut() {
        byte[] calls = bytes(TAGS + REFUSED + TAGS);
        List<String> whole = exchange(new LuxiSession(Fixtures.small()), calls);
        for (int piece : new int[] {1, 2, 7, 53, calls.length - 1}) {
            LuxiSession cut = new LuxiSession(Fixtures.small());
            List<String> replies = new ArrayList<>();
            for (int at = 0; at < calls.length; at += piece) {
                byte[] part = java.util.Arrays.copyOfRange(calls, at, Math.min(calls.length, at + piece));
                replies.addAll(exchange(cut, part));
            }
            assertThat(replies).as("pieces of " + piece).isEqualTo(whole);
        }
    }

    @Test
    void waitsForTheEndMark() {
        assertThat(exchange(session, bytes(TAGS.substring(0, TAGS.length() - 1))))
                .isEmpty();
        assertThat(exchange(session, bytes("\3"))).containsExactly(TAGS_ANSWER);
    }

    @Test
    void endsEveryReplyWithTheMarkAndHasNoOtherInIt() {
        session.receive(ByteBuffer.wrap(bytes(TAGS)));
        byte[] reply = session.next();
        assertThat(new String(reply, US_ASCII)).isEqualTo(TAGS_ANSWER + "\3");
    }

    @Test
    void closesAfterTheErrorForBytesThatAreNoCall() {
        assertThat(exchange(session, bytes(TAGS + GARBAGE + TAGS)))
                .hasSize(2)
                .satisfies(replies -> assertThat(replies.get(1))
                        .startsWith("{\"success\":false,\"result\":\"Failed to parse request: "));
        assertThat(session.isClosed()).isTrue();
        assertThat(exchange(session, bytes(TAGS))).isEmpty();
    }

    @Test
    void staysAfterACallThatCannotBeAnswered() {
        assertThat(exchange(session, bytes("{\"method\":\"ArchiveJob\",\"args\":[1]}\3")))
                .containsExactly(
                        "{\"success\":false,\"result\":[\"GenericError\",[\"Luxi call 'ArchiveJob' not implemented\"]]}");
        assertThat(exchange(session, bytes(TAGS))).containsExactly(TAGS_ANSWER);
    }

    @Test
    void refusesACallThatIsLongerThanTheLimitBeforeItEnds() {
        LuxiLimits limits = new LuxiLimits(100, 1000, QueryLimits.DEFAULT);
        LuxiSession bounded = new LuxiSession(Fixtures.engine("config-small.data", JobQueue.EMPTY, limits));
        assertThat(exchange(bounded, bytes(" ".repeat(100 - TAGS.length() + 1) + TAGS)))
                .containsExactly(TAGS_ANSWER);
        assertThat(exchange(bounded, bytes(" ".repeat(60)))).isEmpty();
        assertThat(exchange(bounded, bytes(" ".repeat(41))))
                .containsExactly("{\"success\":false,\"result\":"
                        + "\"Failed to parse request: The request is longer than 100 bytes\"}");
        assertThat(bounded.isClosed()).isTrue();
    }

    @Test
    void makesAnErrorOfAnAnswerThatIsLongerThanTheLimit() {
        LuxiLimits limits = new LuxiLimits(1000, 1000, QueryLimits.DEFAULT);
        LuxiSession bounded = new LuxiSession(Fixtures.engine("config-small.data", JobQueue.EMPTY, limits));
        assertThat(exchange(bounded, bytes("{\"method\":\"QueryClusterInfo\",\"args\":[]}\3" + TAGS)))
                .containsExactly(
                        "{\"success\":false,\"result\":[\"GenericError\",[\"The answer is longer than 1000 bytes\"]]}",
                        TAGS_ANSWER);
    }

    @Test
    void takesNoMoreBytesWhileRepliesMayBeLeft() {
        session.receive(ByteBuffer.wrap(bytes(TAGS + TAGS)));
        assertThat(session.next()).isNotNull();
        assertThatThrownBy(() -> session.receive(ByteBuffer.wrap(bytes(TAGS))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysWhyThereIsNoConfigurationAndChecksTheCallFirst() {
        LuxiEngine engine = new LuxiEngine(
                () -> {
                    throw new ConfigException("the configuration is no JSON object");
                },
                JobQueue.EMPTY,
                Fixtures.RECORDED,
                LuxiLimits.DEFAULT);
        LuxiSession without = new LuxiSession(engine);
        assertThat(exchange(without, bytes("{\"method\":\"QueryFields\",\"args\":[\"node\",null]}\3")))
                .containsExactly(
                        "{\"success\":false,\"result\":[\"ConfigurationError\",[\"I do not have access to a valid"
                                + " configuration, cannot process queries: the configuration is no JSON object\"]]}");
        assertThat(without.isClosed()).isFalse();
        assertThat(exchange(without, bytes("{\"method\":\"QueryFields\",\"args\":[\"what\",null]}\3")))
                .hasSize(1);
        assertThat(without.isClosed()).isTrue();
    }

    @Test
    void seesANewConfigurationWithTheNextCall() {
        var current = new java.util.concurrent.atomic.AtomicReference<>(Fixtures.config("config-small.data"));
        LuxiEngine engine = new LuxiEngine(current::get, JobQueue.EMPTY, Fixtures.RECORDED, LuxiLimits.DEFAULT);
        assertThat(Fixtures.call(engine, "QueryGroups", "[[],[\"name\"],false]").path("result"))
                .hasSize(1);
        current.set(Fixtures.config("luxi-cluster.data"));
        assertThat(Fixtures.call(engine, "QueryGroups", "[[],[\"name\"],false]").path("result"))
                .hasSize(3);
    }

    @Test
    void writesWhatIsNotAsciiInEscapes() {
        assertThat(exchange(session, bytes("{\"method\":\"QueryTags\",\"args\":[\"node\",\"n\u00f6de\"]}\3")))
                .containsExactly("{\"success\":false,\"result\":[\"OpPrereqError\",[\"Node name n\\u00F6de not found\","
                        + "\"unknown_entity\"]]}");
    }

    @Test
    void refusesAKeyThatComesTwice() {
        assertThat(exchange(
                        session, bytes("{\"method\":\"QueryTags\",\"method\":\"x\",\"args\":[\"cluster\",\"\"]}\3")))
                .allMatch(reply -> reply.contains("Duplicate field 'method'"))
                .hasSize(1);
        assertThat(session.isClosed()).isTrue();
    }
}
