package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.client.Question;

/**
 * What was answered to a question, and by whom.
 *
 * @param value as Ganeti's confd gives it
 * @param serial of the cluster, node or instance that it is about
 * @param times until each peer had answered, by their addresses
 * @param doubt what speaks against the answer; null is nothing
 */
record ConfdAnswer(
        Question question,
        JsonNode value,
        long serial,
        Map<String, Duration> times,
        @Nullable String doubt) {

    ObjectNode json() {
        ObjectNode root = JsonNodeFactory.instance
                .objectNode()
                .put("type", question.type().label())
                .put("serial", serial);
        root.set("answer", value);
        ObjectNode peers = root.putObject("peers_us");
        times.forEach((peer, time) -> peers.put(peer, time.toNanos() / 1e3));
        return doubt == null ? root : root.put("doubt", doubt);
    }
}
