package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.JsonNode;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.ErrorCode;
import org.msgr2.confd.wire.Query;
import org.msgr2.confd.wire.RequestType;
import org.msgr2.confd.wire.Status;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.rpc.CallException;

/** Confd's errors in words. They are numbers, or text of its own. */
final class ConfdErrors {
    private ConfdErrors() {}

    static void check(Question question, Status status, JsonNode answer, Era era) throws Failure {
        if (status == Status.OK) {
            return;
        }
        String type = question.type().label();
        if (status == Status.NOT_IMPLEMENTED) {
            throw Failure.of("confd does not know " + type);
        }
        throw Failure.of(type + ": "
                + (answer.isTextual() ? Faults.oneLine(answer.asText()) : words(question, answer.asInt(-1), era)));
    }

    /** A node has refused the call itself, or it got lost. */
    static Failure ofCall(EntityAddr node, CallException why) {
        String text = Faults.oneLine(why.text());
        return Failure.of(
                switch (why.status()) {
                    case UNKNOWN_SERVICE -> node + " has no confd: start it with --confd-config FILE";
                    case UNKNOWN_METHOD -> node + " has a confd that does not know this: " + text;
                    case PERMISSION_DENIED ->
                        "not allowed at " + node + ": " + text
                                + "; log in with a key (--keyring, and no --auth none); in the keyring the name needs confd='allow r', and for a node that takes a"
                                + " monitor's tickets, such as osd.0, a profile in osd='… profile confd.r'";
                    case DEADLINE_EXCEEDED -> "no answer from " + node + " in time";
                    default -> "no answer from " + node + ": " + Faults.oneLine(why.getMessage());
                },
                why);
    }

    private static String words(Question question, int code, Era era) {
        for (ErrorCode known : ErrorCode.values()) {
            if (known.code(era) == code) {
                return switch (known) {
                    case UNKNOWN_ENTRY -> "nothing known of " + subject(question.query());
                    case INTERNAL -> "confd has an internal error";
                    case ARGUMENT -> argument(question);
                };
            }
        }
        return "error " + code;
    }

    private static String argument(Question question) {
        if (question.query() instanceof Query.Text text && question.type() == RequestType.CONFIG_QUERY) {
            String nothing = "there is nothing at '" + text.value() + "' in the configuration";
            return text.value().startsWith("/") && text.value().length() > 1
                    ? nothing
                    : nothing + ": a path begins with / and a name, as /cluster/master_ip";
        }
        return "nothing can be asked about " + subject(question.query());
    }

    private static String subject(Query query) {
        if (query instanceof Query.Text text) {
            return "'" + text.value() + "'";
        }
        if (query instanceof Query.Fields fields && fields.ip() != null) {
            return fields.ip() + (fields.link() == null ? "" : " on link '" + fields.link() + "'");
        }
        return "that";
    }
}
