package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.session.mon.MonCommands.Answer;

/**
 * One command, and how it describes itself to Ceph's tools, which look before they ask.
 *
 * @param prefix its words
 * @param help one line
 * @param open whether it is answered to peers that have not proven who they are, where such peers are let in
 */
record NodeCommand(
        String prefix, List<NodeParameter> parameters, String help, boolean open, Function<Call, Answer> action) {

    static NodeCommand open(String prefix, String help, Function<Call, Answer> action) {
        return new NodeCommand(prefix, List.of(), help, true, action);
    }

    static NodeCommand guarded(String prefix, String help, Function<Call, Answer> action) {
        return new NodeCommand(prefix, List.of(), help, false, action);
    }

    NodeCommand with(NodeParameter parameter) {
        List<NodeParameter> more = new ArrayList<>(parameters);
        more.add(parameter);
        return new NodeCommand(prefix, List.copyOf(more), help, open, action);
    }

    /** As get_command_descriptions has it (observed on 16.2.15). */
    ObjectNode description() {
        ObjectNode description = JsonNodeFactory.instance.objectNode();
        ArrayNode signature = description.putArray("sig");
        List.of(prefix.split(" ", -1)).forEach(signature::add);
        parameters.forEach(parameter -> signature.add(parameter.description()));
        return description
                .put("help", help)
                .put("module", "mon")
                .put("perm", "r")
                .put("flags", 0);
    }

    /**
     * Somebody runs a command.
     *
     * @param request with the parameters by their names
     * @param addrs the node's own, as the asker was told
     */
    record Call(JsonNode request, EntityAddrVec addrs) {

        /** Empty if it was not given. */
        String text(String parameter) {
            return request.path(parameter).asText();
        }

        /** In the form that was asked for: JSON, or else text for people. */
        Answer answer(JsonNode json, String text) {
            return text("format").startsWith("json") ? answerJson(json) : Answer.done(text);
        }

        /** For commands that have no other form. */
        Answer answerJson(JsonNode json) {
            // One that is not asked for JSON will show it to a person.
            return Answer.done(text("format").equals("json") ? json + "\n" : json.toPrettyString() + "\n");
        }
    }
}
