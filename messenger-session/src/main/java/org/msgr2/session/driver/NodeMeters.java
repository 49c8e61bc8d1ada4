package org.msgr2.session.driver;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.msgr2.core.FaultKind;
import org.msgr2.session.ConnectionListing;
import org.msgr2.session.ConnectionState;
import org.msgr2.session.SendResult;
import org.msgr2.session.accept.AcceptRule;
import org.msgr2.session.driver.NodeCounters.During;
import org.msgr2.session.metrics.MeterGroup;

/**
 * The meters of a node, as docs/guide/metrics.md lists them. No tag tells of a peer, and every tag has few values, so that
 * nobody from outside can make more meters.
 */
public final class NodeMeters {
    private static final String BYTES = "bytes";
    private static final String MESSAGES = "messages";
    private static final String CONNECTIONS = "connections";
    private static final Tags NO_TAGS = Tags.empty();

    private final Node node;
    private final NodeCounters counters;
    private final MeterGroup meters;

    private NodeMeters(Node node, MeterGroup meters) {
        this.node = node;
        this.counters = node.counters();
        this.meters = meters;
    }

    /**
     * Registers them; from then on times are measured.
     *
     * @return those that were registered
     * @throws IllegalArgumentException if the registry has those of another messenger with the same name; then it is unchanged
     */
    public static MeterGroup register(Node node, MeterRegistry registry) {
        MeterGroup meters =
                new MeterGroup(registry, Tags.of("entity", node.config().name().toString()));
        try {
            new NodeMeters(node, meters).register();
        } catch (RuntimeException e) {
            meters.close();
            throw e;
        }
        return meters;
    }

    private void register() {
        traffic();
        connections();
        handshakes();
        faults();
        queues();
        times();
    }

    private void traffic() {
        count("msgr2.recv.messages", MESSAGES, "Messages received, each once", NodeCounters::messagesReceived);
        count("msgr2.send.messages", MESSAGES, "Messages written, replayed ones included", NodeCounters::messagesSent);
        count("msgr2.recv.bytes", BYTES, "Bytes that sessions received", NodeCounters::bytesReceived);
        count("msgr2.send.bytes", BYTES, "Bytes that sessions wrote", NodeCounters::bytesSent);
        count(
                "msgr2.recv.encrypted.bytes",
                BYTES,
                "The bytes among msgr2.recv.bytes that came in secure mode",
                NodeCounters::encryptedBytesReceived);
        count(
                "msgr2.send.encrypted.bytes",
                BYTES,
                "The bytes among msgr2.send.bytes that left in secure mode",
                NodeCounters::encryptedBytesSent);
        meters.counter(
                "msgr2.replayed.messages",
                MESSAGES,
                NO_TAGS,
                "Messages written once more after a broken connection",
                node,
                each -> each.stats().messagesReplayed());
        count(
                "msgr2.discarded.messages",
                MESSAGES,
                "Messages accepted that will not be sent, or may not have arrived",
                NodeCounters::messagesDiscarded);
        count(
                "msgr2.poisoned.messages",
                MESSAGES,
                "Messages that broke connection after connection",
                NodeCounters::messagesPoisoned);
        meters.counter(
                "msgr2.unclaimed.messages",
                MESSAGES,
                NO_TAGS,
                "Messages that no dispatcher wanted",
                node,
                each -> each.stats().messagesUnclaimed());
        for (SendResult.Outcome outcome : SendResult.Outcome.values()) {
            if (outcome != SendResult.Outcome.ACCEPTED) {
                meters.counter(
                        "msgr2.refused.messages",
                        MESSAGES,
                        Tags.of("reason", word(outcome)),
                        "Messages that a connection did not accept from its application",
                        counters,
                        all -> all.messagesRefused(outcome));
            }
        }
    }

    private void connections() {
        count("msgr2.created.connections", CONNECTIONS, "Connections made", NodeCounters::connectionsCreated);
        for (ConnectionState state : ConnectionState.values()) {
            if (state != ConnectionState.CLOSED) {
                meters.gauge(
                        "msgr2.active.connections",
                        CONNECTIONS,
                        Tags.of("state", word(state)),
                        "Connections that live",
                        node,
                        each -> count(each.listing(), state));
            }
        }
        meters.gauge(
                "msgr2.paused.connections",
                CONNECTIONS,
                NO_TAGS,
                "Connections that are not read until permits come back",
                node,
                each -> each.listing().stream()
                        .filter(ConnectionListing::readingPaused)
                        .count());
        count("msgr2.reconnects", "sessions", "Sessions that were ready once more", NodeCounters::reconnects);
        count("msgr2.remote.resets", "sessions", "Sessions that the peer had forgotten", NodeCounters::remoteResets);
    }

    private static long count(List<ConnectionListing> all, ConnectionState state) {
        return all.stream().filter(listing -> listing.state() == state).count();
    }

    private void handshakes() {
        meters.counter(
                "msgr2.accepted.streams",
                "streams",
                NO_TAGS,
                "Streams that peers opened",
                node,
                each -> each.stats().accepted());
        handshakes("new", NodeCounters::handshakesNew);
        handshakes("taken_over", NodeCounters::handshakesTakenOver);
        meters.counter(
                "msgr2.handshakes",
                "handshakes",
                Tags.of("outcome", "failed"),
                HANDSHAKES,
                node,
                each -> each.stats().handshakesFailed());
        meters.gauge(
                "msgr2.active.handshakes",
                "handshakes",
                NO_TAGS,
                "Streams that peers opened and that are not ready yet",
                node,
                each -> each.gate().size());
        for (AcceptRule rule : AcceptRule.values()) {
            meters.counter(
                    "msgr2.accept.decisions",
                    "decisions",
                    Tags.of("rule", rule.name()),
                    "What was decided on peers that came in",
                    node,
                    each -> each.decisions(rule));
        }
    }

    private static final String HANDSHAKES = "Streams that peers opened, by what became of them";

    private void handshakes(String outcome, ToLongFunction<NodeCounters> value) {
        meters.counter(
                "msgr2.handshakes",
                "handshakes",
                Tags.of("outcome", outcome),
                HANDSHAKES,
                counters,
                value::applyAsLong);
    }

    private void faults() {
        for (During during : During.values()) {
            for (FaultKind kind : FaultKind.values()) {
                meters.counter(
                        "msgr2.faults",
                        "faults",
                        Tags.of("kind", word(kind), "during", word(during)),
                        "What ended streams and attempts, other than the application",
                        counters,
                        all -> all.faults(during, kind));
            }
        }
    }

    private void queues() {
        meters.gauge(
                "msgr2.send.queue.messages",
                MESSAGES,
                NO_TAGS,
                "Messages accepted from the application and not through",
                node,
                each -> each.listing().stream()
                        .mapToLong(ConnectionListing::queuedMessages)
                        .sum());
        meters.gauge(
                "msgr2.send.queue.bytes",
                BYTES,
                NO_TAGS,
                "The payloads of msgr2.send.queue.messages",
                node,
                each -> each.listing().stream()
                        .mapToLong(ConnectionListing::queuedBytes)
                        .sum());
        meters.gauge(
                "msgr2.dispatch.queue.messages",
                MESSAGES,
                NO_TAGS,
                "Messages received, and the application is not through with them",
                node,
                each -> each.listing().stream()
                        .mapToLong(ConnectionListing::undispatchedMessages)
                        .sum());
        meters.gauge(
                "msgr2.dispatch.queue.bytes",
                BYTES,
                NO_TAGS,
                "Permits taken for payloads received, or being received, and not handled",
                node,
                each -> each.dispatchBytes().taken());
        meters.gauge(
                "msgr2.dispatch.queue.max.bytes",
                BYTES,
                NO_TAGS,
                "How many permits there are for msgr2.dispatch.queue.bytes; 0 is unlimited",
                node,
                each -> each.config().limits().queues().dispatchBytesMax());
    }

    private void times() {
        time(
                "msgr2.running.total",
                "Passes of connections on their loops, and the time they took",
                LoopTimes.Part.RUNNING);
        time(
                "msgr2.running.recv",
                "The part of msgr2.running.total that went into what was received",
                LoopTimes.Part.RECEIVING);
        time(
                "msgr2.running.send",
                "The part of msgr2.running.total that went into what was written",
                LoopTimes.Part.SENDING);
        time(
                "msgr2.running.fast.dispatch",
                "The part of msgr2.running.total that went into dispatchers that are fast",
                LoopTimes.Part.FAST_DISPATCH);
        meters.timer(
                "msgr2.dispatch",
                NO_TAGS,
                "Messages that went to dispatchers on workers, and the time they took there",
                node,
                each -> each.chain().dispatched(),
                each -> each.chain().dispatchNs());
        node.chain().measure();
        counters.measure(meters.timer("msgr2.keepalive.rtt", "Keepalives, from the question to the answer"));
    }

    private void time(String name, String description, LoopTimes.Part part) {
        meters.timer(name, NO_TAGS, description, counters.times(), all -> all.times(part), all -> all.nanos(part));
    }

    private void count(String name, String unit, String description, ToLongFunction<NodeCounters> value) {
        meters.counter(name, unit, NO_TAGS, description, counters, value::applyAsLong);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
