package org.msgr2.examples.msgr;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.mon.CephRelease;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.mon.MonMap;
import org.msgr2.crypto.auth.Access;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.mon.LoneMonitor;
import org.msgr2.session.mon.MonCommands;

/**
 * What a node answers to {@code ceph …}: commands that read, under Ceph's names and with the members that Ceph's JSON has
 * (observed on 16.2.15). Thread-safe.
 *
 * <p>Who has logged in needs {@code mon 'allow r'}. Who has not, because the node runs without authentication, gets what a
 * {@link NodeCommand#open} command says.
 */
final class NodeCommands implements MonCommands {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String RELEASE = CephRelease.name(LoneMonitor.MIN_RELEASE);
    private static final String DESCRIPTIONS = "get_command_descriptions";

    /** Of a stranger's words, in the answer. */
    private static final int QUOTED_CHARS_MAX = 64;

    private final LoneMonitor monitor;
    private final NodeStatus status;
    private final Map<String, NodeCommand> commands;

    NodeCommands(LoneMonitor monitor, NodeStatus status) {
        this.monitor = monitor;
        this.status = status;
        this.commands = List.of(
                        NodeCommand.open("status", "how the node is", this::status),
                        NodeCommand.open("health", "whether all services do their work", this::health)
                                .with(NodeParameter.choice("detail", "detail")),
                        NodeCommand.open("fsid", "the id of the cluster", this::fsid),
                        NodeCommand.open("version", "the version of the node", this::version),
                        NodeCommand.open("versions", "the version of every node", this::versions),
                        NodeCommand.open("mon dump", "the monitor map", this::monDump)
                                .with(NodeParameter.number("epoch")),
                        NodeCommand.open("mon stat", "the monitor map in one line", this::monStat),
                        NodeCommand.open("mon metadata", "what the monitor runs on", this::monMetadata)
                                .with(NodeParameter.text("id")),
                        NodeCommand.guarded("config dump", "all options that are kept here: none", this::configDump),
                        NodeCommand.guarded("config get", "an entity's options that are kept here", this::configGet)
                                .with(NodeParameter.text("who").required())
                                .with(NodeParameter.text("key")))
                .stream()
                .collect(Collectors.toMap(NodeCommand::prefix, Function.identity(), (a, b) -> a, TreeMap::new));
    }

    @Override
    public Answer run(Connection from, MonCommand command, ByteBuf input) {
        ConnectionInfo info = from.info();
        if (info == null) {
            return Answer.failed(Errno.EACCES, "the connection is not ready");
        }
        JsonNode request;
        try {
            request = MAPPER.readTree(String.join("", command.words()));
        } catch (JsonProcessingException e) {
            return Answer.failed(Errno.EINVAL, "the command is not JSON");
        }
        String prefix = request == null ? "" : request.path("prefix").asText();
        if (prefix.isEmpty()) {
            return Answer.failed(Errno.EINVAL, "the command has no prefix");
        }
        if (prefix.equals(DESCRIPTIONS)) {
            return Answer.done(descriptions().toString());
        }
        NodeCommand known = commands.get(prefix);
        if (known == null) {
            return Answer.failed(
                    Errno.EINVAL,
                    "no command '" + quoted(prefix) + "' here; there are " + String.join(", ", commands.keySet()));
        }
        if (!isAllowed(info.identity(), known)) {
            return Answer.failed(Errno.EACCES, "'" + prefix + "' needs the capability mon 'allow r'");
        }
        return known.action().apply(new NodeCommand.Call(request, info.localAddrs()));
    }

    private static boolean isAllowed(PeerIdentity peer, NodeCommand command) {
        return peer.authenticated() ? peer.capabilities().allows("mon", Access.READ) : command.open();
    }

    private static String quoted(String text) {
        String cut = text.length() > QUOTED_CHARS_MAX ? text.substring(0, QUOTED_CHARS_MAX) + "..." : text;
        return cut.replaceAll("[^ -~]", "?");
    }

    private ObjectNode descriptions() {
        ObjectNode all = JSON.objectNode();
        for (NodeCommand command : commands.values()) {
            all.set(String.format(Locale.ROOT, "cmd%03d", all.size()), command.description());
        }
        return all;
    }

    private Answer status(NodeCommand.Call call) {
        ObjectNode json = status.json();
        json.putArray("quorum").add(0);
        json.putArray("quorum_names").add(monitor.name());
        json.putObject("monmap")
                .put("epoch", LoneMonitor.EPOCH)
                .put("min_mon_release_name", RELEASE)
                .put("num_mons", 1);
        return call.answer(json, status.text());
    }

    private Answer health(NodeCommand.Call call) {
        return call.answer(status.healthJson(), status.healthText() + "\n");
    }

    private Answer fsid(NodeCommand.Call call) {
        String fsid = monitor.fsid().toString();
        return call.answer(JSON.objectNode().put("fsid", fsid), fsid + "\n");
    }

    private Answer version(NodeCommand.Call call) {
        String version = NodeStatus.version();
        return call.answer(JSON.objectNode().put("version", version), version + "\n");
    }

    private Answer versions(NodeCommand.Call call) {
        ObjectNode all = JSON.objectNode();
        for (String kind : List.of("mon", "mgr", "osd", "mds", "overall")) {
            ObjectNode versions = all.putObject(kind);
            if (kind.equals("mon") || kind.equals("overall")) {
                versions.put(NodeStatus.version(), 1);
            }
        }
        return call.answerJson(all);
    }

    private Answer monDump(NodeCommand.Call call) {
        String epoch = call.text("epoch");
        if (!epoch.isEmpty() && !epoch.equals("0") && !epoch.equals(Long.toString(LoneMonitor.EPOCH))) {
            return Answer.failed(Errno.ENOENT, "there is no monitor map of epoch " + quoted(epoch));
        }
        MonMap map = monitor.map(call.addrs());
        StringWriter text = new StringWriter();
        MonMapFormat.print(map, new Terminal(new PrintWriter(text), new PrintWriter(text), false, false));
        ObjectNode json = MonMapFormat.json(map);
        json.putArray("quorum").add(0);
        return call.answer(json, text.toString()).withStatus("dumped monmap epoch " + LoneMonitor.EPOCH);
    }

    private Answer monStat(NodeCommand.Call call) {
        ObjectNode json = JSON.objectNode()
                .put("epoch", LoneMonitor.EPOCH)
                .put("min_mon_release_name", RELEASE)
                .put("num_mons", 1)
                .put("leader", monitor.name());
        json.putArray("quorum").addObject().put("rank", 0).put("name", monitor.name());
        return call.answer(
                json,
                "epoch " + LoneMonitor.EPOCH + ": one monitor, " + monitor.name() + " at " + vector(call.addrs())
                        + ", which leads a quorum of itself\n");
    }

    private Answer monMetadata(NodeCommand.Call call) {
        String id = call.text("id");
        if (!id.isEmpty() && !id.equals(monitor.name())) {
            return Answer.failed(Errno.ENOENT, "there is no monitor '" + quoted(id) + "', only " + monitor.name());
        }
        ObjectNode metadata = JSON.objectNode()
                .put("name", monitor.name())
                .put("addrs", vector(call.addrs()))
                .put("arch", System.getProperty("os.arch"))
                .put("ceph_release", RELEASE)
                .put("ceph_version", NodeStatus.version())
                .put("ceph_version_short", NodeStatus.version())
                .put("compression_algorithms", "none")
                .put("os", System.getProperty("os.name"))
                .put("kernel_version", System.getProperty("os.version"))
                .put("java_version", Runtime.version().toString());
        if (!id.isEmpty()) {
            return call.answerJson(metadata);
        }
        ArrayNode all = JSON.arrayNode().add(metadata);
        return call.answerJson(all);
    }

    private Answer configDump(NodeCommand.Call call) {
        return call.answer(JSON.arrayNode(), "");
    }

    private Answer configGet(NodeCommand.Call call) {
        String key = call.text("key");
        return key.isEmpty()
                ? call.answer(JSON.objectNode(), "")
                : Answer.failed(Errno.ENOENT, "no option '" + quoted(key) + "' is kept here");
    }

    /** With brackets even around a single address, as ceph prints it. */
    private static String vector(EntityAddrVec addrs) {
        return addrs.addrs().stream().map(EntityAddr::toString).collect(Collectors.joining(",", "[", "]"));
    }

    @Override
    public String ping() {
        ObjectNode json = JSON.objectNode();
        json.set("health", status.healthJson());
        ObjectNode mon = json.putObject("mon_status")
                .put("name", monitor.name())
                .put("rank", 0)
                .put("state", "leader");
        mon.putArray("quorum").add(0);
        return json.toString();
    }
}
