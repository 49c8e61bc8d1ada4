package org.msgr2.confd.config;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.confd.Vectors;

class ClusterConfigTest {
    private final ClusterConfig by30 = Vectors.small30();
    private final ClusterConfig by28 = Vectors.small28();

    private static ClusterConfig parse(String json) throws ConfigException {
        return ClusterConfig.parse(json.getBytes(UTF_8));
    }

    private static Node found(ClusterConfig config, String query) {
        assertThat(config.nodes().find(query)).isInstanceOf(Lookup.Found.class);
        return ((Lookup.Found<Node>) config.nodes().find(query)).object();
    }

    @Test
    void readsTheClusterOfBothLayouts() {
        assertThat(by30.version()).isEqualTo(3000000);
        assertThat(by28.version()).isEqualTo(2080000);
        assertThat(by30.serialNo()).isEqualTo(99);
        assertThat(by30.cluster().serialNo()).isEqualTo(4711);
        assertThat(by30.cluster().masterIp()).isEqualTo("192.0.2.1");
        assertThat(by30.cluster().defaultLink()).isEqualTo("br0");
        assertThat(by30.cluster().enabledHypervisors()).containsExactly("kvm");
        assertThat(by30.master()).extracting(Node::name).isEqualTo("node1.test.example");
        assertThat(by28.master()).extracting(Node::name).isEqualTo("node1.test.example");
        assertThat(by30.keyedByName()).isFalse();
        assertThat(by28.keyedByName()).isTrue();
    }

    @Test
    void everyObjectIsFoundWhereTheFileHasIt() throws Exception {
        for (String file : List.of("config-small.data", "config-small-2.8.data")) {
            byte[] bytes = Vectors.bytes(file);
            JsonNode tree = new ObjectMapper().readTree(bytes);
            ClusterConfig config = ClusterConfig.parse(bytes);
            assertThat(config.sections()).containsExactlyElementsOf(() -> tree.fieldNames());
            for (String section : config.sections()) {
                assertThat(config.section(section).readTree()).isEqualTo(tree.get(section));
            }
            config.nodes()
                    .inKeyOrder()
                    .forEach(node -> assertThat(node.json().readTree())
                            .isEqualTo(tree.get("nodes").get(node.key())));
            config.instances()
                    .inKeyOrder()
                    .forEach(instance -> assertThat(instance.json().readTree())
                            .isEqualTo(tree.get("instances").get(instance.key())));
            assertThat(config.members("nodegroups")).hasSize(1);
        }
    }

    @Test
    void joinsDisksToInstancesInBothLayouts() {
        for (ClusterConfig config : List.of(by30, by28)) {
            Instance two = config.instances().byName("inst2.test.example");
            assertThat(two.disks()).hasSize(2);
            Drbd second = two.disks().get(1).drbd();
            assertThat(second.port()).isEqualTo(11003);
            assertThat(second.minorA()).isEqualTo(1);
            assertThat(second.minorB()).isEqualTo(2);
            assertThat(config.nodes().byKey(second.nodeA()).name()).isEqualTo("node5.test.example");
            // Plain parts are in the disk's JSON only.
            assertThat(two.disks().get(0).children()).isEmpty();
            assertThat(two.disks().get(0).json().readTree().get("children")).hasSize(2);
        }
    }

    /** The order of the alphabet is Ganeti's custom; JSON has none. */
    @Test
    void disksMayComeBehindTheirInstancesAndHavePartsThatAreReplicated() throws Exception {
        String instances = """
                "instances": {"i": {"name": "i.x", "primary_node": "a", "disks": ["d", "gone", "e"]}}""";
        String disks = """
                "disks": {"e": {"dev_type": "plain"}, "d": {"dev_type": "cache", "children": [
                    {"dev_type": "plain"},
                    {"dev_type": "drbd", "logical_id": ["a", "b", 11000, 3, 4, "secret"]}]}}""";
        for (String containers : List.of(instances + ", " + disks, disks + ", " + instances)) {
            ClusterConfig config =
                    parse("{\"version\": 1, \"cluster\": {\"master_node\": \"a\"}, \"nodes\": {}, " + containers + "}");
            Instance instance = config.instances().byName("i.x");
            assertThat(instance.disks()).extracting(Disk::devType).containsExactly("cache", "plain");
            assertThat(instance.disks().get(0).children()).hasSize(1);
            assertThat(config.minors("a")).containsExactly(new DrbdMinor(3, instance, 0, true, "b"));
            assertThat(config.minors("b")).containsExactly(new DrbdMinor(4, instance, 0, false, "a"));
            assertThat(config.members("disks").keySet()).containsExactlyInAnyOrder("d", "e");
            assertThat(config.find(ConfigPath.parse("/disks/e/dev_type"))
                            .readTree()
                            .asText())
                    .isEqualTo("plain");
        }
    }

    @Test
    void ofTwoObjectsWithOneKeyTheFirstCounts() throws Exception {
        ClusterConfig config = parse("""
                {"version": 1, "cluster": {"master_node": "a"},
                 "nodes": {"b": {"name": "n"}, "a": {"name": "first"}, "a": {"name": "second"}},
                 "instances": {"i": {"name": "first"}, "h": {"name": "g"}, "i": {"name": "second"}}}""");
        assertThat(config.nodes().inKeyOrder()).extracting(Node::name).containsExactly("first", "n");
        assertThat(config.nodes().byKey("a").name()).isEqualTo("first");
        assertThat(config.nodes().byName("second")).isNull();
        assertThat(config.instances().inNameOrder()).extracting(Instance::name).containsExactly("first", "g");
        assertThat(config.members("instances")
                        .get("i")
                        .json()
                        .readTree()
                        .get("name")
                        .asText())
                .isEqualTo("first");
    }

    @Test
    void namesAreFoundWholeByKeyAndByTheirFirstLabels() {
        assertThat(found(by30, "node2.test.example").serialNo()).isEqualTo(12);
        assertThat(found(by30, "node2.test").serialNo()).isEqualTo(12);
        assertThat(found(by30, "node2").serialNo()).isEqualTo(12);
        assertThat(found(by30, "2035468c-cc03-5c12-9ddf-4fbca3f53561").name()).isEqualTo("node3.test.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "node", "node2.", "node2.te", "NODE2", "test.example", "node2.test.example.", "zzz"})
    void whatIsNoNameOfANodeIsUnknown(String query) {
        assertThat(by30.nodes().find(query)).isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void anExactNameWinsOverLongerOnesAndSeveralLongerOnesAreAmbiguous() throws Exception {
        ClusterConfig config = parse("""
                {"version": 1, "cluster": {"master_node": "a"}, "instances": {},
                 "nodes": {"a": {"name": "n.x"}, "b": {"name": "n.x.y"}, "c": {"name": "n.x.z"}, "d": {"name": "n-1"}}}""");
        assertThat(found(config, "n.x").key()).isEqualTo("a");
        assertThat(config.nodes().find("n")).isInstanceOf(Lookup.Ambiguous.class);
    }

    @ParameterizedTest
    @CsvSource({",203.0.113.1,inst1", "br1,10.0.0.2,inst2", ",10.0.0.2,inst6", "table 100,203.0.113.5,inst5"})
    void findsInstancesByTheirAddressOnALink(String link, String ip, String label) {
        assertThat(by30.instanceByIp(link, ip).label()).isEqualTo(label + ".test.example");
        assertThat(by28.instanceByIp(link, ip).label()).isEqualTo(label + ".test.example");
    }

    @Test
    void addressesOfALinkAreSortedAsStrings() {
        assertThat(by30.instanceIps(null)).containsExactly("10.0.0.2", "203.0.113.1", "203.0.113.10", "203.0.113.2");
        assertThat(by30.instanceIps("nowhere")).isEmpty();
        assertThat(by30.instanceByIp("nowhere", "10.0.0.2")).isNull();
    }

    @Test
    void ofTwoInstancesWithOneAddressTheLaterKeyCounts() throws Exception {
        ClusterConfig config = parse("""
                {"version": 1, "cluster": {"master_node": "a", "nicparams": {"default": {"link": "x"}}}, "nodes": {},
                 "instances": {"2": {"nics": [{"ip": "i"}]}, "1": {"nics": [{"ip": "i", "nicparams": {"link": "x"}}]}}}""");
        assertThat(config.instanceByIp(null, "i")).extracting(Instance::label).isEqualTo("2");
        assertThat(config.instanceByIp("x", "i")).extracting(Instance::key).isEqualTo("2");
    }

    @Test
    void knowsTheMinorsAndInstancesOfANode() {
        for (ClusterConfig config : List.of(by30, by28)) {
            String node2 = config.nodes().byName("node2.test.example").key();
            assertThat(config.minors(node2))
                    .extracting(
                            DrbdMinor::minor,
                            row -> row.instance().label(),
                            DrbdMinor::diskIndex,
                            DrbdMinor::primary,
                            row -> config.nodes().byKey(row.peer()).name())
                    .containsExactlyInAnyOrder(
                            tuple(0, "inst1.test.example", 0, false, "node1.test.example"),
                            tuple(1, "inst2.test.example", 0, true, "node5.test.example"),
                            tuple(2, "inst2.test.example", 1, true, "node5.test.example"));
            NodeInstances instances = config.instancesOf(node2);
            assertThat(instances.primary()).extracting(Instance::label).containsExactly("inst2.test.example");
            assertThat(instances.secondary()).extracting(Instance::label).containsExactly("inst1.test.example");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"version\": 1",
                "{\"version\": 1} x",
                "{\"version\": 1, \"cluster\": {\"master_node\": \"a\"}, \"nodes\": [], \"instances\": {}}",
                "{\"version\": 1, \"cluster\": {\"master_node\": \"a\"}, \"nodes\": {\"a\": 1}, \"instances\": {}}",
                "{\"version\": 1, \"cluster\": {\"master_node\": \"a\"}, \"nodes\": {}}",
                "{\"version\": 1, \"cluster\": {}, \"nodes\": {}, \"instances\": {}}",
                "{\"cluster\": {\"master_node\": \"a\"}, \"nodes\": {}, \"instances\": {}}",
                "{\"version\": 1, \"cluster\": tru"
            })
    void refusesWhatIsNoConfiguration(String json) {
        assertThatThrownBy(() -> parse(json)).isInstanceOf(ConfigException.class);
    }

    @Test
    void everyPrefixOfAFileIsRefusedWithoutQuotingIt() {
        byte[] whole = Vectors.bytes("config-small.data");
        for (int length = 0; length < whole.length - 2; length += 97) {
            byte[] half = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ClusterConfig.parse(half))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageNotContaining("secret")
                    .hasMessageContaining("configuration");
        }
    }

    @Test
    void otherEncodingsAreRefused() {
        byte[] utf16 = "{\"version\": 1}".getBytes(UTF_16LE);
        assertThatThrownBy(() -> ClusterConfig.parse(utf16))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void fieldsOfAnotherTypeCountAsAbsent() throws Exception {
        ClusterConfig config = parse("""
                {"version": 1, "cluster": {"master_node": "a", "nicparams": 5, "enabled_hypervisors": {"a": []}, "serial_no": "x"},
                 "nodes": {"a": {"name": ["x"], "offline": {"b": true}, "serial_no": 1e3, "primary_ip": null}},
                 "instances": {"i": {"nics": {}, "disks": [[1], {"logical_id": 7, "dev_type": "drbd"}], "name": 7}}}""");
        Node node = config.nodes().byKey("a");
        assertThat(node.name()).isEqualTo("a");
        assertThat(node.offline()).isFalse();
        assertThat(node.serialNo()).isZero();
        assertThat(config.instances().byKey("i").name()).isNull();
    }

    @Test
    void secretsAreInNoText() {
        Instance one = by30.instances().byName("inst1.test.example");
        assertThat(by30.toString() + one + one.disks()).doesNotContain("secret");
        assertThat(new String(one.disks().get(0).json().toBytes(), UTF_8)).contains("secret-one");
    }
}
