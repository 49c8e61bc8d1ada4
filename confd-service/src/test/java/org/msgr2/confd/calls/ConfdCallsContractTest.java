package org.msgr2.confd.calls;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.confd.Vectors;
import org.msgr2.confd.client.ConfdNodeClient;
import org.msgr2.confd.client.NodeAnswer;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.client.WatchUpdate;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.engine.ConfdEngine;
import org.msgr2.confd.engine.EngineOptions;
import org.msgr2.confd.wire.AnswerJson;
import org.msgr2.confd.wire.Era;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.Messenger;
import org.msgr2.session.Service;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.Subscription;
import org.msgr2.session.testing.FlakyTransport;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.TestNetwork;

/** Confd by calls, on every network. */
@Timeout(60)
abstract class ConfdCallsContractTest extends NetworkTestBase<TestNetwork> {
    private static final Map<String, String> CAPS = Map.of("client.reader", "allow r", "client.admin", "allow rx");
    private static final Limits QUICK = Limits.defaults()
            .withTimeouts(Limits.defaults()
                    .timeouts()
                    .withBackoff(java.time.Duration.ofMillis(10), java.time.Duration.ofMillis(20)));
    private static final String DISKS = "instance1.test.example";

    private volatile ConfigState state = new ConfigState.Loaded(Vectors.small30());
    private ConfdWatches watches;
    private FlakyTransport cut;

    /** How often the configuration changes, and the connection is cut. */
    int changes() {
        return 100;
    }

    /** @param heard whether the last change has been told: two that come at once may be told as one */
    void untilNextChange(BooleanSupplier heard) {
        network.await("the change is heard", heard);
    }

    private ConfdNodeClient open(String name, ConfdCallLimits limits) {
        watches = new ConfdWatches(limits, network.workers());
        ConfdCalls calls = new ConfdCalls(() -> state, EngineOptions.DEFAULTS, limits, (type, status) -> {}, watches);
        watches.offer(state);
        Messenger node = start(messenger("osd.1")
                .limits(QUICK)
                .auth(self -> new CapableAuth(self, CAPS))
                .service(new Service() {
                    @Override
                    public String name() {
                        return ConfdMethods.SERVICE;
                    }

                    @Override
                    public CallHandler calls() {
                        return calls.handler();
                    }
                }));
        EntityAddr addr = bind(node);
        cut = new FlakyTransport(network.transport(leaks.allocator()));
        Messenger caller = start(network.messenger(name, leaks.allocator(), cut).limits(QUICK));
        return ConfdNodeClient.of(caller, EntityType.OSD, addr);
    }

    private ConfdNodeClient open(String name) {
        return open(name, ConfdCallLimits.DEFAULTS);
    }

    private NodeAnswer ask(ConfdNodeClient client, Question question) {
        return network.get("an answer", client.askAsync(question, CallOptions.DEFAULT));
    }

    private static List<Question> questions() {
        return List.of(
                Question.ping(),
                Question.nodeRole("node1.test.example"),
                Question.nodePipByInstanceIp(null, "192.0.2.1"),
                Question.clusterMaster(),
                Question.nodePips(),
                Question.masterCandidatePips(),
                Question.instanceIps(null),
                Question.nodeDrbd("node1.test.example"),
                Question.nodeInstances("node1.test.example"),
                Question.instanceDisks(DISKS),
                Question.configQuery("/instances"),
                Question.configQuery("/nowhere"),
                Question.dataCollectors());
    }

    @Test
    void everyQuestionHasTheAnswerOfTheOriginalWire() throws Exception {
        ConfdNodeClient client = open("client.admin");
        ConfdEngine engine = new ConfdEngine(EngineOptions.DEFAULTS);
        for (Question question : questions()) {
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            AnswerJson.write(engine.answer(state, question.type(), question.query(), Era.V3_0), 99, expected);
            JsonNode tree = new ObjectMapper().readTree(expected.toByteArray());

            NodeAnswer answer = ask(client, question);

            assertThat(answer.answer()).as(question.type().label()).isEqualTo(tree.get("answer"));
            assertThat(answer.status().code()).isEqualTo(tree.get("status").asInt());
            assertThat(answer.serial()).isEqualTo(tree.get("serial").asLong());
            assertThat(answer.revision()).isEqualTo(99);
        }
    }

    @Test
    void whoMayNotReadIsToldSoAndMayPing() {
        ConfdNodeClient client = open("client.nobody");
        CompletableFuture<NodeAnswer> refused = client.askAsync(Question.nodePips(), CallOptions.DEFAULT);
        network.await("refused", refused::isDone);

        assertThat(refused)
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableOfType(Exception.class)
                .withMessageContaining("PERMISSION_DENIED")
                .withMessageContaining("lacks the capability confd='allow r'");
        assertThat(ask(client, Question.ping()).answer().asInt()).isPositive();
    }

    @Test
    void secretsAreForThoseWhoMayExecute() {
        String shown = ask(open("client.admin"), Question.configQuery("/disks"))
                .answer()
                .toString();
        String hidden = ask(open("client.reader"), Question.configQuery("/disks"))
                .answer()
                .toString();

        assertThat(hidden).isNotEqualTo(shown).contains("null]");
    }

    @Test
    void aLongAnswerComesInPieces() {
        ConfdNodeClient client = open("client.admin", ConfdCallLimits.DEFAULTS.withPieces(500, 100));

        assertThat(ask(client, Question.configQuery("/instances")).answer()).hasSize(6);
        assertThat(ask(client, Question.configQuery("/instances")).answer())
                .isEqualTo(ask(open("client.admin"), Question.configQuery("/instances"))
                        .answer());
    }

    private ClusterConfig withSerial(int serial) throws Exception {
        String json = new String(Vectors.bytes("config-small.data"), StandardCharsets.UTF_8);
        ObjectMapper mapper = new ObjectMapper();
        JsonNode root = mapper.readTree(json);
        ((com.fasterxml.jackson.databind.node.ObjectNode) root).put("serial_no", serial);
        ((com.fasterxml.jackson.databind.node.ObjectNode) root.get("cluster")).put("counter", serial);
        return ClusterConfig.parse(mapper.writeValueAsBytes(root));
    }

    @Test
    void aWatchThatIsCutLosesNothingAndRepeatsNothing() throws Exception {
        ConfdNodeClient client = open("client.reader");
        List<WatchUpdate> heard = new CopyOnWriteArrayList<>();
        Subscription subscription = client.watch("/cluster/counter", Opaque.EMPTY, heard::add);
        network.await("a snapshot", () -> heard.size() == 1);
        List<Long> expected = new ArrayList<>();
        for (int serial = 100; serial < 100 + changes(); serial++) {
            expected.add((long) serial);
            watches.offer(new ConfigState.Loaded(withSerial(serial)));
            if (serial % 2 == 0) {
                cut.cut(); // while it is told
            }
            untilNextChange(() -> heard.size() > expected.size());
            if (serial % 2 == 1) {
                cut.cut();
            }
        }
        network.await("all changes", () -> heard.size() == changes() + 1);
        network.settle();

        assertThat(heard.subList(1, changes() + 1))
                .extracting(update -> update.revision().serialNo())
                .isEqualTo(expected);
        assertThat(subscription.resumptions()).isPositive();
        subscription.close();
    }
}
