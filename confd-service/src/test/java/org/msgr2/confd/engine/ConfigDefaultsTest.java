package org.msgr2.confd.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.confd.Vectors;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.wire.Answer;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.Query;
import org.msgr2.confd.wire.RequestType;
import org.msgr2.confd.wire.Status;

/** What an answer has that the file leaves out, and the other way round. Every row was asked of ganeti-confd 3.0.2. */
class ConfigDefaultsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Each object has as little as the real daemon accepts, but for members that have no default. */
    private static final String SPARSE = """
            {"version": 3000000, "serial_no": 1, "ctime": null,
             "cluster": {"master_node": "n", "volume_group_name": null, "hv_state_static": {},
                         "nicparams": {"default": {"link": "br0"}}},
             "nodes": {"n": {"name": "node.example", "tags": ["b", "a", "b"], "hv_state_static": {},
                             "ndparams": {"oob_program": null, "spindle_count": 2.0}}},
             "nodegroups": {"g": {"name": "default", "disk_state_static": {}, "hv_state_static": {"kvm": {"x": null}},
                                  "ipolicy": {"minmax": null, "std": {"cpu-count": null}},
                                  "networks": {"net": {"mode": null}}}},
             "instances": {"i": {"name": "inst.example", "primary_node": "n", "disks": ["d"], "forthcoming": false,
                                 "network_port": null, "beparams": {"minmem": null, "vcpus": 2},
                                 "hvparams": {"kernel": null},
                                 "nics": [{"mac": "m", "ip": null, "nicparams": {"link": null}}]},
                           "j": {"forthcoming": true, "primary_node": "n"}},
             "disks": {"d": {"dev_type": "plain", "params": null, "children": [{"dev_type": "plain", "mode": "ro"}]}},
             "networks": {"net": {"name": "net", "gateway": null}},
             "filters": {}}""";

    private final ConfdEngine engine = new ConfdEngine(EngineOptions.DEFAULTS);

    private static ConfigState parsed(String json) throws Exception {
        return new ConfigState.Loaded(ClusterConfig.parse(json.getBytes(UTF_8)));
    }

    private static JsonNode json(Answer answer) throws Exception {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            answer.body().writeTo(out);
        }
        return JSON.readTree(text.toString());
    }

    private Answer ask(String path) throws Exception {
        return engine.answer(parsed(SPARSE), RequestType.CONFIG_QUERY, new Query.Text(path), Era.V3_0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/ctime                     | 0",
                "/mtime                     | 0",
                "/cluster/ctime             | 0",
                "/cluster/mtime             | 0",
                "/cluster/tags              | []",
                "/cluster/disk_state_static | {}",
                "/cluster/hv_state_static   | {}",
                "/nodes/n/ctime             | 0",
                "/nodes/n/mtime             | 0",
                "/nodes/n/tags              | [\"a\",\"b\"]",
                "/nodes/n/tags/0            | \"a\"",
                "/nodes/n/ndparams          | {\"spindle_count\":2}",
                "/nodegroups/g/ctime        | 0",
                "/nodegroups/g/mtime        | 0",
                "/nodegroups/g/tags         | []",
                "/nodegroups/g/members      | []",
                "/nodegroups/g/hv_state_static | {\"kvm\":{\"x\":null}}",
                "/nodegroups/g/ipolicy      | {\"std\":{}}",
                "/nodegroups/g/networks     | {\"net\":{}}",
                "/instances/j/beparams      | {}",
                "/instances/j/hvparams      | {}",
                "/instances/j/osparams      | {}",
                "/instances/j/osparams_private | {}",
                "/instances/j/nics          | []",
                "/instances/j/disks         | []",
                "/instances/j/tags          | []",
                "/instances/j/ctime         | 0",
                "/instances/j/mtime         | 0",
                "/instances/j/forthcoming   | true",
                "/instances/i/beparams      | {\"vcpus\":2}",
                "/instances/i/hvparams      | {\"kernel\":null}",
                "/instances/i/nics/0        | {\"mac\":\"m\",\"nicparams\":{}}",
                "/disks/d/iv_name           | \"\"",
                "/disks/d/mode              | \"rw\"",
                "/disks/d/nodes             | []",
                "/disks/d/ctime             | 0",
                "/disks/d/mtime             | 0",
                "/disks/d/children/0/mode   | \"ro\"",
                "/disks/d/children/0/children | []",
                "/networks/net              | {\"name\":\"net\",\"ctime\":0,\"mtime\":0,\"tags\":[]}"
            })
    void whatTheFileLeavesOutIsFilledIn(String path, String expected) throws Exception {
        Answer answer = ask(path);

        assertThat(answer.status()).as(path).isEqualTo(Status.OK);
        assertThat(json(answer)).as(path).isEqualTo(JSON.readTree(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/filters/x",
                "/cluster/volume_group_name",
                "/cluster/tags/0",
                "/nodes/n/tags/2",
                "/nodes/n/hv_state_static",
                "/nodes/n/disk_state_static",
                "/nodes/n/members",
                "/nodes/n/ndparams/oob_program",
                "/nodes/x/ctime",
                "/nodegroups/g/disk_state_static",
                "/nodegroups/g/members/0",
                "/nodegroups/g/ipolicy/minmax",
                "/instances/i/network_port",
                "/instances/i/forthcoming",
                "/instances/i/nics/0/ip",
                "/instances/i/nics/0/tags",
                "/instances/i/nics/1",
                "/disks/d/params",
                "/disks/d/tags",
                "/networks/net/gateway"
            })
    void whatIsNullOrSaysNothingIsNotThere(String path) throws Exception {
        Answer answer = ask(path);

        assertThat(answer.status()).as(path).isEqualTo(Status.ERROR);
        assertThat(json(answer)).as(path).isEqualTo(JSON.readTree("2"));
    }

    @Test
    void aWholeObjectIsWhatItsMembersAre() throws Exception {
        for (String path : new String[] {"/nodes", "/nodegroups", "/instances", "/disks", "/networks", "/cluster"}) {
            JsonNode whole = json(ask(path));
            whole.properties().forEach(member -> assertPart(path + "/" + member.getKey(), member.getValue()));
        }
        assertThat(json(ask("/disks/d"))).isEqualTo(JSON.readTree("""
                {"dev_type": "plain", "children": [{"dev_type": "plain", "mode": "ro", "ctime": 0, "mtime": 0,
                  "children": [], "nodes": [], "iv_name": ""}],
                 "ctime": 0, "mtime": 0, "nodes": [], "iv_name": "", "mode": "rw"}"""));
    }

    private void assertPart(String path, JsonNode expected) {
        try {
            assertThat(json(ask(path))).as(path).isEqualTo(expected);
            if (path.indexOf('/', 1) == path.lastIndexOf('/')) {
                for (var member : expected.properties()) {
                    assertPart(path + "/" + member.getKey(), member.getValue());
                }
            }
        } catch (Exception e) {
            throw new AssertionError(path, e);
        }
    }

    @Test
    void instancesAndDisksAreFilledInWhereverTheyAreAnswered() throws Exception {
        ConfigState state = parsed(SPARSE);
        JsonNode instances =
                json(engine.answer(state, RequestType.NODE_INSTANCES, new Query.Text("node.example"), Era.V3_0));
        JsonNode disks =
                json(engine.answer(state, RequestType.INSTANCE_DISKS, new Query.Text("inst.example"), Era.V3_0));

        assertThat(instances.at("/0/0")).isEqualTo(json(ask("/instances/i")));
        assertThat(instances.at("/0/1")).isEqualTo(json(ask("/instances/j")));
        assertThat(disks.get(0)).isEqualTo(json(ask("/disks/d")));
    }

    /** Releases before 2.12 have other objects, and answered with what they have. */
    @Test
    void nothingIsFilledIntoTheOlderLayout() throws Exception {
        ConfigState state = new ConfigState.Loaded(Vectors.small28());
        JsonNode file = JSON.readTree(Vectors.bytes("config-small-2.8.data"));

        JsonNode groups = json(engine.answer(state, RequestType.CONFIG_QUERY, new Query.Text("/nodegroups"), Era.V3_0));

        assertThat(groups).hasSize(1);
        assertThat(groups.iterator().next().has("members")).isFalse();
        assertThat(groups.iterator().next().size())
                .isEqualTo(file.path("nodegroups").iterator().next().size());
    }

    @Test
    void thatThereIsNoSecretIsHiddenToo() throws Exception {
        ConfdEngine discreet = new ConfdEngine(EngineOptions.DEFAULTS.withSecretsHidden(true));
        for (String path : new String[] {"/instances", "/instances/j", "/instances/j/osparams_private"}) {
            JsonNode answer =
                    json(discreet.answer(parsed(SPARSE), RequestType.CONFIG_QUERY, new Query.Text(path), Era.V3_0));
            JsonNode found = path.endsWith("private") ? answer : answer.findValue("osparams_private");
            assertThat(found).as(path).isEqualTo(JSON.nullNode());
        }
    }

    @Test
    void tagsAreOrderedAsTheirBytesAre() throws Exception {
        Tags tags = new Tags(List.of("\uff00", "b", "\ud83d\ude00", "ab", "a", "b"));

        assertThat(tags.tags()).containsExactly("a", "ab", "b", "\uff00", "\ud83d\ude00");
    }
}
