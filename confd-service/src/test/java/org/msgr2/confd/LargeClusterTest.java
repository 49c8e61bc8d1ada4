package org.msgr2.confd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.engine.ConfdEngine;
import org.msgr2.confd.engine.EngineOptions;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.Query;
import org.msgr2.confd.wire.Rejection;
import org.msgr2.confd.wire.Reply;
import org.msgr2.confd.wire.ReplyDecoder;
import org.msgr2.confd.wire.RequestEncoder;
import org.msgr2.confd.wire.RequestType;
import org.msgr2.confd.wire.WireLimits;
import org.msgr2.confd.wire.WireMode;

/** Two hundred nodes and five thousand instances, compared with what a search through a tree of the whole file finds. */
class LargeClusterTest {
    private static final ConfdKey KEY = ConfdKey.of(new byte[] {1});
    private static final int NODES = 200;
    private static final int INSTANCES = 5000;

    private static JsonNode tree;
    private static ConfigState state;

    @BeforeAll
    static void parse() throws Exception {
        byte[] json = GeneratedCluster.json(NODES, INSTANCES);
        tree = new ObjectMapper().readTree(json);
        state = new ConfigState.Loaded(ClusterConfig.parse(json));
    }

    private final RequestEncoder encoder = new RequestEncoder(KEY, Era.V3_0, WireLimits.DEFAULTS);
    private final ReplyDecoder decoder = new ReplyDecoder(KEY, WireLimits.DEFAULTS);
    private final ConfdDatagrams server = new ConfdDatagrams(
            KEY,
            WireMode.V3_0,
            WireLimits.DEFAULTS,
            new ConfdEngine(EngineOptions.DEFAULTS),
            () -> state,
            new ConfdCounters());

    private Reply ask(RequestType type, Query query) {
        byte[] request = encoder.encode(type, query, "r", 1000);
        int length = server.answer(request, 0, request.length, 1000);
        return (Reply) decoder.decode(server.reply(), 0, length);
    }

    private static List<JsonNode> byKey(String section) {
        TreeMap<String, JsonNode> sorted = new TreeMap<>();
        tree.get(section).properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return new ArrayList<>(sorted.values());
    }

    private static String nodeKey(String name) {
        return tree.get("nodes").properties().stream()
                .filter(entry -> entry.getValue().get("name").asText().equals(name))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    @Test
    void findsEveryInstanceByItsAddress() {
        for (int i = 0; i < INSTANCES; i += 7) {
            Query.Fields query =
                    new Query.Fields(GeneratedCluster.link(i), GeneratedCluster.instanceIp(i), List.of(), List.of());
            String node = GeneratedCluster.nodeName(i % NODES);
            assertThat(ask(RequestType.NODE_PIP_BY_INSTANCE_IP, query).answer())
                    .isEqualTo(tree.get("nodes").get(nodeKey(node)).get("primary_ip"));
        }
    }

    @Test
    void listsMinorsAsASearchWould() {
        for (int n = 0; n < NODES; n += 37) {
            String name = GeneratedCluster.nodeName(n);
            String key = nodeKey(name);
            List<String> rows = new ArrayList<>();
            for (JsonNode instance : byKey("instances")) {
                JsonNode id = tree.get("disks")
                        .get(instance.get("disks").get(0).asText())
                        .get("logical_id");
                for (int end = 0; end < 2; end++) {
                    if (id.get(end).asText().equals(key)) {
                        rows.add("[\"" + name + "\"," + id.get(3 + end) + "," + instance.get("name")
                                + ",\"disk/0\",\""
                                + (instance.get("primary_node").asText().equals(key) ? "primary" : "secondary") + "\","
                                + tree.get("nodes")
                                        .get(id.get(1 - end).asText())
                                        .get("name") + "]");
                    }
                }
            }
            Reply reply = ask(RequestType.NODE_DRBD, new Query.Text("node" + name.substring(4, 8)));
            assertThat(reply.answer().toString()).isEqualTo("[" + String.join(",", rows) + "]");
            assertThat(reply.serial()).isEqualTo(n + 1);
        }
    }

    @Test
    void listsNodesAndInstancesInTheRealOrder() {
        List<String> ips = new ArrayList<>();
        byKey("nodes").forEach(node -> ips.add(0, node.get("primary_ip").asText()));
        assertThat(ask(RequestType.NODE_PIP_LIST, Query.NONE).answer())
                .extracting(JsonNode::asText)
                .containsExactlyElementsOf(ips);
        JsonNode both =
                ask(RequestType.NODE_INSTANCES, new Query.Text("node0007")).answer();
        assertThat(both.get(0)).hasSize(INSTANCES / NODES);
        assertThat(both.get(1)).hasSize(INSTANCES / NODES);
        List<JsonNode> primaries = byKey("instances").stream()
                .filter(instance -> instance.get("primary_node").asText().equals(nodeKey("node0007.big.example")))
                .map(instance -> instance.get("name"))
                .toList();
        assertThat(both.get(0)).extracting(instance -> instance.get("name")).containsExactlyElementsOf(primaries);
    }

    @Test
    void aReplyThatFitsNoDatagramIsSilenceAndTheNextOneIsNot() {
        byte[] request = encoder.encode(RequestType.CONFIG_QUERY, new Query.Text("/instances"), "r", 1000);
        assertThat(server.answer(request, 0, request.length, 1000)).isZero();
        assertThat(server.counters().rejected(Rejection.REPLY_SIZE)).isOne();
        assertThat(ask(RequestType.PING, Query.NONE).answer().asInt()).isEqualTo(3000000);
    }
}
