package org.msgr2.confd.luxi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.msgr2.confd.luxi.Fixtures.RecordedJobs;
import org.msgr2.confd.luxi.job.JobQueue;

/** Every exchange recorded from the real ganeti-luxid 3.0.2 gives the recorded answer. */
class VectorsTest {
    private static final JsonNode FIRST = Fixtures.vectors("luxi.json");
    private static final JsonNode MORE = Fixtures.vectors("luxi-more.json");
    private static final LuxiEngine SMALL = Fixtures.small();
    private static final LuxiEngine LARGER = Fixtures.engine("luxi-cluster.data", new RecordedJobs(MORE.path("jobs")));

    @Test
    void thereAreAsManyAsWereRecorded() {
        assertThat(FIRST.path("vectors")).hasSize(42);
        assertThat(MORE.path("vectors")).hasSize(213);
        assertThat(MORE.path("jobs")).hasSizeGreaterThan(15);
    }

    @TestFactory
    Stream<DynamicTest> answersAsRecordedOnTheSmallCluster() {
        return tests(SMALL, FIRST.path("vectors"));
    }

    @TestFactory
    Stream<DynamicTest> answersAsRecordedOnAClusterWithGroupsNetworksAndJobs() {
        return tests(LARGER, MORE.path("vectors"));
    }

    private static Stream<DynamicTest> tests(LuxiEngine engine, JsonNode vectors) {
        return StreamSupport.stream(vectors.spliterator(), false)
                .map(vector -> DynamicTest.dynamicTest(name(vector), () -> check(engine, vector)));
    }

    private static String name(JsonNode vector) {
        if (vector.has("note")) {
            return vector.path("note").asText();
        }
        return vector.has("raw")
                ? vector.path("raw").toString()
                : vector.path("method").asText() + vector.path("args");
    }

    private static void check(LuxiEngine engine, JsonNode vector) {
        LuxiSession session = new LuxiSession(engine);
        boolean pipelined = vector.has("note");
        String request = pipelined
                ? "{\"method\":\"QueryTags\",\"args\":[\"cluster\",\"\"]}\3{\"method\":\"QueryTags\",\"args\":[\"cluster\",\"\"]}"
                : request(vector);
        List<String> replies = Fixtures.exchange(session, (request + "\3").getBytes(UTF_8));

        assertThat(replies).hasSize(pipelined ? 2 : 1);
        JsonNode recorded = vector.path("reply");
        JsonNode expected = recorded.isTextual() ? Fixtures.json(recorded.textValue()) : recorded;
        for (String reply : replies) {
            assertThat(comparable(Fixtures.json(reply), vector)).isEqualTo(comparable(expected, vector));
        }
        assertThat(session.isClosed())
                .as("whether the server closes")
                .isEqualTo(vector.path("server_closes").asBoolean());
    }

    private static String request(JsonNode vector) {
        if (vector.has("raw")) {
            return vector.path("raw").asText();
        }
        ObjectNode call = Fixtures.JSON.createObjectNode();
        call.set("method", vector.path("method"));
        call.set("args", vector.path("args"));
        return call.toString();
    }

    /** Without what need not match: see each line. */
    private static JsonNode comparable(JsonNode reply, JsonNode vector) {
        // Documentation is free text.
        reply.findParents("doc").forEach(field -> ((ObjectNode) field).remove("doc"));
        JsonNode result = reply.path("result");
        if (vector.path("args").path(0).asText().equals("lock")) {
            // It failed to reach another daemon; there is none here. The class of the error is the same.
            return result.path(0);
        }
        return reply;
    }

    @Test
    void hasTheFieldsOfTheRecordedLists() {
        assertThat(names("node")).isEqualTo(texts(FIRST.path("node_fields"))).hasSize(46);
        assertThat(names("group")).isEqualTo(texts(FIRST.path("group_fields"))).hasSize(25);
        assertThat(names("network")).hasSize(19);
        assertThat(names("job")).hasSize(16);
    }

    private static List<String> names(String what) {
        return texts(
                Fixtures.call(SMALL, "QueryFields", "[\"" + what + "\", null]").findValues("name"));
    }

    private static List<String> texts(Iterable<JsonNode> nodes) {
        return StreamSupport.stream(nodes.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** What Ganeti leaves out of its file; the answers were asked of ganeti-luxid 3.0.2 ({@code GanetiLuxidIT} goes on). */
    @Test
    void fillsInWhatTheFileLeavesOut() {
        String small = new String(Fixtures.resource("config-small.data"), UTF_8);
        String sparse = small.replaceAll("\"[cm]time\": [0-9.]+,", "")
                .replace("\"ndparams\": {}", "\"ndparams\": {\"ssh_port\": null}");
        LuxiEngine engine = Fixtures.engineOf(sparse);

        assertThat(Fixtures.call(engine, "QueryNodes", "[[\"node1\"],[\"ctime\",\"mtime\",\"ndp/ssh_port\"],false]")
                        .path("result"))
                .isEqualTo(Fixtures.json("[[0,0,22]]"));
        assertThat(Fixtures.call(engine, "QueryClusterInfo", "[]")
                        .path("result")
                        .path("mtime"))
                .isEqualTo(Fixtures.json("0"));
    }

    @Test
    void answersFromAClusterOfTheSeedsEra() {
        LuxiEngine old = Fixtures.engine("config-small-2.8.data", JobQueue.EMPTY);
        JsonNode reply = Fixtures.call(
                old,
                "Query",
                "[\"node\",[\"name\",\"role\",\"group\",\"pinst_list\",\"sinst_list\",\"ndp/spindle_count\",\"ndp/ssh_port\"],"
                        + "[\"=\",\"name\",\"node1\"]]");
        assertThat(reply.path("result").path("data").toString())
                .isEqualTo("[[[0,\"node1.test.example\"],[0,\"M\"],[0,\"default\"],"
                        + "[0,[\"inst1.test.example\",\"inst6.test.example\"]],[0,[\"inst4.test.example\"]],"
                        + "[0,1],[3,null]]]");
        assertThat(Fixtures.call(old, "QueryGroups", "[[],[\"node_cnt\"],false]")
                        .path("result"))
                .isEqualTo(Fixtures.json("[[5]]"));
        assertThat(Fixtures.call(old, "QueryTags", "[\"group\",\"default\"]").path("result"))
                .isEqualTo(Fixtures.json("[]"));
        assertThat(Fixtures.call(old, "QueryClusterInfo", "[]").path("result").path("master"))
                .isEqualTo(Fixtures.json("\"node1.test.example\""));
    }
}
