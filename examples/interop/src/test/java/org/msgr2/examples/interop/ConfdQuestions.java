package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Random questions about a cluster: four in five are well-formed, the others break one rule of the wire each, or come
 * near to breaking it (spec/confd §1). Not thread-safe.
 */
final class ConfdQuestions {

    private static final int RAW = 33;
    private static final int DATAGRAM_BYTES_MAX = 4096;

    private final Random random;
    private final ConfdQueries queries;
    private int count;

    ConfdQuestions(long seed, JsonNode config) {
        this.random = new Random(seed);
        this.queries = new ConfdQueries(random, config);
    }

    /** The next question of this type. */
    ConfdQuestion next(int type) {
        String query = queries.next(type);
        String rsalt = "q" + ++count;
        if (random.nextInt(5) != 0) {
            return ConfdQuestion.signed(
                    type, rsalt, "query " + query, message("1", Integer.toString(type), query, quoted(rsalt)));
        }
        return random.nextBoolean() ? oddMessage(type, query, rsalt) : oddEnvelope(type, query, rsalt);
    }

    private static String message(String protocol, String type, String query, String rsalt) {
        return "{\"protocol\": %s, \"type\": %s, \"query\": %s, \"rsalt\": %s}\n"
                .formatted(protocol, type, query, rsalt);
    }

    private ConfdQuestion oddMessage(int type, String query, String rsalt) {
        String salt = quoted(rsalt);
        String number = Integer.toString(type);
        String good = message("1", number, query, salt);
        String body = good.substring(1).stripTrailing();
        List<String> odd = List.of(
                message("2", number, query, salt),
                message("\"1\"", number, query, salt),
                message("1.5", number, query, salt),
                message("null", number, query, salt),
                message("1", type + ".0", query, salt),
                message("1", type + ".5", query, salt),
                message("1", type + "e0", query, salt),
                message("1", quoted(number), query, salt),
                message("1", "null", query, salt),
                message("1", "[" + type + "]", query, salt),
                message("1", number, "7", salt),
                message("1", number, "true", salt),
                message("1", number, "[" + query + "]", salt),
                message("1", number, "{\"9\": 1}", salt),
                message("1", number, "{\"1\": 7}", salt),
                message("1", number, "{\"2\": \"203.0.113.1\"}", salt),
                message("1", number, "{\"2\": [1]}", salt),
                message("1", number, "{\"3\": 1}", salt),
                message("1", number, "{\"3\": [1.5]}", salt),
                message("1", number, "{\"3\": [2.0, \"0\"]}", salt),
                message("1", number, "{\"0\": 1, \"3\": []}", salt),
                message("1", number, query, "7"),
                message("1", number, query, "null"),
                "{\"protocol\": 1, \"type\": " + type + ", \"rsalt\": " + salt + "}",
                "{\"type\": " + type + ", \"query\": " + query + ", \"rsalt\": " + salt + "}",
                "{\"protocol\": 1, \"query\": " + query + ", \"rsalt\": " + salt + "}",
                "{\"protocol\": 1, \"type\": " + type + ", \"query\": " + query + "}",
                "{\"extra\": 1, " + body,
                "{\"key_selector\": \"\", " + body,
                "{\"type\": " + (type + 1) % 12 + ", " + body,
                "{\"query\": \"first\", " + body,
                "  " + good + "\t\r\n ",
                good + "x",
                good + "{}",
                good.substring(0, good.length() - 3),
                good.replace(", ", " , \n").replace(": ", " :\t"),
                good.replace("\"type\"", "\"\\u0074ype\""),
                good.replace('"', '\''),
                good.replace("}\n", ",}\n"),
                "[" + good + "]",
                "\"\"",
                "");
        String chosen = odd.get(random.nextInt(odd.size()));
        return ConfdQuestion.signed(type, rsalt, "message " + chosen.strip(), chosen);
    }

    private ConfdQuestion oddEnvelope(int type, String query, String rsalt) {
        int choice = random.nextInt(42);
        String asked = choice == RAW ? "\"caf\u00e9\"" : query;
        String msg = message("1", Integer.toString(type), asked, quoted(rsalt));
        return new ConfdQuestion(
                type, rsalt, "envelope " + choice + " of " + msg.strip(), msg, now -> envelope(choice, now, msg));
    }

    private static String envelope(int choice, long now, String msg) {
        String good = ConfdQuestion.envelope(Long.toString(now), msg);
        String hmac = ConfdSignature.of(Long.toString(now), msg);
        return switch (choice) {
            case 0 -> "plj1" + good.substring(4);
            case 1 -> good.substring(4);
            case 2 -> "plj0 " + good.substring(4);
            case 3 -> "plj0\n" + good.substring(4);
            case 4 -> good + " \t\r\n\n";
            case 5 -> good + "x";
            case 6 -> good.stripTrailing();
            case 7 -> good.replace("{\"msg\"", "{\"extra\": 1, \"msg\"");
            case 8 -> good.replace("{\"msg\"", "{\"msg\": \"first\", \"msg\"");
            case 9 -> good.replace(hmac, hmac.toUpperCase(Locale.ROOT));
            case 10 -> good.replace(hmac, hmac.substring(1));
            case 11 -> good.replace(hmac, hmac + "0");
            case 12 -> good.replace(hmac, (hmac.charAt(0) == '0' ? "1" : "0") + hmac.substring(1));
            case 13 -> good.replace("\"salt\": \"" + now + "\"", "\"salt\": " + now);
            case 14 -> good.replace("\"hmac\": \"" + hmac + "\"", "\"hmac\": null");
            case 15 -> good.replace(", \"salt\": \"" + now + "\"", "");
            case 16 -> ConfdQuestion.envelope(Long.toString(now - 290), msg);
            case 17 -> ConfdQuestion.envelope(Long.toString(now + 290), msg);
            case 18 -> ConfdQuestion.envelope(Long.toString(now - 310), msg);
            case 19 -> ConfdQuestion.envelope(Long.toString(now + 310), msg);
            case 20 -> ConfdQuestion.envelope("00" + now, msg);
            case 21 -> ConfdQuestion.envelope(" " + now, msg);
            case 22 -> ConfdQuestion.envelope(now + " ", msg);
            case 23 -> ConfdQuestion.envelope("+" + now, msg);
            case 24 -> ConfdQuestion.envelope(now + ".0", msg);
            case 25 -> ConfdQuestion.envelope("", msg);
            case 26 -> ConfdQuestion.envelope("0x" + Long.toHexString(now), msg);
            case 27 -> ConfdQuestion.envelope("(" + now + ")", msg);
            case 28 -> ConfdQuestion.envelope("-" + now, msg);
            case 29 -> padded(now, msg, DATAGRAM_BYTES_MAX);
            case 30 -> padded(now, msg, DATAGRAM_BYTES_MAX + 4);
            case 31 -> good.substring(0, good.length() / 2);
            case 32 -> "plj0";
            case RAW -> raw(now, msg);
            case 35 -> padded(now, msg, DATAGRAM_BYTES_MAX) + "\n";
            case 36 -> padded(now, msg, DATAGRAM_BYTES_MAX) + "x";
            case 37 -> padded(now, msg, DATAGRAM_BYTES_MAX - 1) + "\nx";
            case 38 -> padded(now, msg, DATAGRAM_BYTES_MAX - 1) + "x\n";
            case 39 -> padded(now, msg, DATAGRAM_BYTES_MAX + 1) + "\n";
            case 40 -> good + " ".repeat(DATAGRAM_BYTES_MAX) + "x";
            default -> good.replace("\"msg\"", "\"\\u006dsg\"").replace("protocol", "\\u0070rotocol");
        };
    }

    /** The same with blanks in the message, so that the datagram without its newline has this size. */
    private static String padded(long now, String msg, int bytes) {
        String salt = Long.toString(now);
        int missing = bytes - ConfdQuestion.envelope(salt, msg).getBytes(StandardCharsets.UTF_8).length + 1;
        return ConfdQuestion.envelope(salt, msg + " ".repeat(Math.max(0, missing)))
                .stripTrailing();
    }

    /** The same with the message's letters as they are, in UTF-8. */
    private static String raw(long now, String msg) {
        String salt = Long.toString(now);
        return "plj0{\"msg\":\"%s\",\"salt\":\"%s\",\"hmac\":\"%s\"}"
                .formatted(
                        msg.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"),
                        salt,
                        ConfdSignature.of(salt, msg));
    }

    private static String quoted(String text) {
        return ConfdQuestion.quoted(text);
    }
}
