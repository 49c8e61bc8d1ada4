package org.msgr2.confd.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.confd.Vectors;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.wire.Answer;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.Query;
import org.msgr2.confd.wire.RequestType;
import org.msgr2.confd.wire.Status;

/** What the recordings do not ask. */
class ConfdEngineTest {
    private static final ConfigState SMALL = new ConfigState.Loaded(Vectors.small30());
    private final ConfdEngine engine = new ConfdEngine(EngineOptions.DEFAULTS);

    private static String json(Answer answer) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            answer.body().writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static ConfigState parsed(String json) throws Exception {
        return new ConfigState.Loaded(ClusterConfig.parse(json.getBytes(UTF_8)));
    }

    private Answer ask(ConfigState state, RequestType type, String query) {
        return engine.answer(state, type, new Query.Text(query), Era.V3_0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"node1.test.example", "node1", "node1.test", "140e73dc-0089-5247-9183-916bdb3c1d1f"})
    void theMasterIsTheMasterByWhateverName(String query) {
        assertThat(json(ask(SMALL, RequestType.NODE_ROLE_BY_NAME, query))).isEqualTo("0");
    }

    @Test
    void theMistakeAboutItsAbbreviationIsCopiedOnlyOnRequest() {
        ConfdEngine strict = new ConfdEngine(EngineOptions.DEFAULTS.withStrictCompatibility(true));
        Query abbreviation = new Query.Text("node1");
        assertThat(json(strict.answer(SMALL, RequestType.NODE_ROLE_BY_NAME, abbreviation, Era.V3_0)))
                .isEqualTo("1");
    }

    @ParameterizedTest
    @EnumSource(RequestType.class)
    void withoutAConfigurationEveryQuestionGetsTheCause(RequestType type) {
        Answer answer = engine.answer(new ConfigState.Unavailable("the cause"), type, Query.NONE, Era.V3_0);
        assertThat(answer.status()).isEqualTo(Status.ERROR);
        assertThat(answer.serial()).isZero();
        assertThat(json(answer)).isEqualTo("\"the cause\"");
    }

    @Test
    void drainedComesBeforeOfflineBeforeCandidate() throws Exception {
        ConfigState state = parsed("""
                {"version": 1, "cluster": {"master_node": "x"}, "instances": {}, "nodes": {
                 "a": {"name": "a", "drained": true, "offline": true, "master_candidate": true},
                 "b": {"name": "b", "offline": true, "master_candidate": true}}}""");
        assertThat(json(ask(state, RequestType.NODE_ROLE_BY_NAME, "a"))).isEqualTo("3");
        assertThat(json(ask(state, RequestType.NODE_ROLE_BY_NAME, "b"))).isEqualTo("2");
    }

    @Test
    void aPartOfADiskHasMinorsAfterTheWholeButMakesNoSecondaryNode() throws Exception {
        ConfigState state = parsed("""
                {"version": 1, "cluster": {"master_node": "a"}, "nodes": {"a": {"name": "A"}, "b": {"name": "B"}, "c": {"name": "C"}},
                 "instances": {"i": {"name": "I", "primary_node": "a", "disks": ["d", "gone"]}},
                 "disks": {"d": {"dev_type": "drbd", "logical_id": ["a", "b", 1, 5, 6, "s"],
                   "children": [{"dev_type": "drbd", "logical_id": ["a", "c", 1, 7, 8, "s"]}]}}}""");
        assertThat(json(ask(state, RequestType.NODE_DRBD, "A")))
                .isEqualTo(
                        "[[\"A\",5,\"I\",\"disk/0\",\"primary\",\"B\"],[\"A\",7,\"I\",\"disk/0\",\"primary\",\"C\"]]");
        assertThat(json(ask(state, RequestType.NODE_DRBD, "C")))
                .isEqualTo("[[\"C\",8,\"I\",\"disk/0\",\"secondary\",\"A\"]]");
        assertThat(json(ask(state, RequestType.NODE_INSTANCES, "C"))).isEqualTo("[[],[]]");
    }

    /** Observed on 3.0.2. */
    @Test
    void aDiskThatIsNotOnThePrimaryNodeMakesItsFirstEndASecondaryNode() throws Exception {
        ConfigState state = parsed("""
                {"version": 1, "cluster": {"master_node": "a"}, "nodes": {"a": {"name": "A"}, "b": {"name": "B"}, "c": {"name": "C"}},
                 "instances": {"i": {"primary_node": "a", "disks": ["d"]}},
                 "disks": {"d": {"dev_type": "drbd", "logical_id": ["b", "c", 1, 5, 6, "s"]}}}""");
        assertThat(json(ask(state, RequestType.NODE_INSTANCES, "B")))
                .startsWith("[[],[{\"primary_node\":\"a\",\"disks\":[\"d\"],");
        assertThat(json(ask(state, RequestType.NODE_INSTANCES, "C"))).isEqualTo("[[],[]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/odd~1na~0me/0|true",
                "/odd~1na~0me/1/x|1.5",
                "/mtime|1.7000000027499998E9",
                "/numbers|[1,2,1.5E300,3,12345678901234567890,-1]",
                "/cluster/master_node|\"a\"",
                "/nodes/a/name|\"A\""
            })
    void pathsLeadToValuesAsTheRealDaemonWritesThem(String path, String expected) throws Exception {
        ConfigState state = parsed("""
                {"version": 1, "cluster": {"master_node": "a"}, "nodes": {"a": {"name": "A"}}, "instances": {},
                 "odd/na~me": [true, {"x": 1.5}], "mtime": 1700000002.75,
                 "numbers": [1, 2.0, 1.5e300, 3e0, 12345678901234567890, -1.0]}""");
        assertThat(json(ask(state, RequestType.CONFIG_QUERY, path))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/odd~2", "/cluster/tags/01", "/cluster/tags/-", "/cluster/master_ip/0", "/nodes/x", "//"})
    void pathsThatLeadNowhereAreAnArgumentError(String path) {
        Answer answer = ask(SMALL, RequestType.CONFIG_QUERY, path);
        assertThat(answer.status()).isEqualTo(Status.ERROR);
        assertThat(json(answer)).isEqualTo("2");
    }

    @Test
    void secretsAreHiddenOnRequestOnEveryWayToThem() {
        ConfdEngine discreet = new ConfdEngine(EngineOptions.DEFAULTS.withSecretsHidden(true));
        String disk = Vectors.small30()
                .instances()
                .byName("inst1.test.example")
                .json()
                .readTree()
                .at("/disks/0")
                .asText();
        List<Answer> answers = List.of(
                discreet.answer(SMALL, RequestType.INSTANCE_DISKS, new Query.Text("inst1"), Era.V3_0),
                discreet.answer(SMALL, RequestType.CONFIG_QUERY, new Query.Text("/disks"), Era.V3_0),
                discreet.answer(SMALL, RequestType.CONFIG_QUERY, new Query.Text("/disks/" + disk), Era.V3_0),
                discreet.answer(
                        SMALL, RequestType.CONFIG_QUERY, new Query.Text("/disks/" + disk + "/logical_id"), Era.V3_0),
                discreet.answer(
                        SMALL, RequestType.CONFIG_QUERY, new Query.Text("/disks/" + disk + "/logical_id/5"), Era.V3_0),
                discreet.answer(
                        SMALL, RequestType.CONFIG_QUERY, new Query.Text("/cluster/osparams_private_cluster"), Era.V3_0),
                discreet.answer(SMALL, RequestType.NODE_INSTANCES, new Query.Text("node1"), Era.V3_0));
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(Status.OK);
            assertThat(json(answer))
                    .doesNotContain("secret-")
                    .doesNotContain("{}}")
                    .contains("null");
        });
        assertThat(json(answers.get(3))).contains("11001,0,0,null]");
        assertThat(json(answers.get(6))).contains("\"osparams_private\":null");
        assertThat(json(ask(SMALL, RequestType.CONFIG_QUERY, "/disks/" + disk + "/logical_id/5")))
                .isEqualTo("\"secret-one\"");
    }

    @Test
    void aMasterThatTheFileDoesNotHaveIsAnInternalError() throws Exception {
        ConfigState state =
                parsed("{\"version\": 1, \"cluster\": {\"master_node\": \"x\"}, \"nodes\": {}, \"instances\": {}}");
        Query all = new Query.Fields(null, null, List.of(), List.of());
        assertThat(json(engine.answer(state, RequestType.CLUSTER_MASTER, all, Era.V3_0)))
                .isEqualTo("1");
        assertThat(json(engine.answer(state, RequestType.CLUSTER_MASTER, Query.NONE, Era.V2_7)))
                .isEqualTo("2");
    }
}
