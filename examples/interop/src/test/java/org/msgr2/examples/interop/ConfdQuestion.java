package org.msgr2.examples.interop;

import java.nio.charset.StandardCharsets;

/**
 * One datagram for a confd, made when it is sent: its salt is the time.
 *
 * @param type of the request that it is, or would be if it were well-formed
 * @param rsalt what the reply's salt is; no two questions of a test have the same
 * @param what it is about, for a report
 * @param envelope makes the text of the datagram
 */
record ConfdQuestion(int type, String rsalt, String what, Envelope envelope) {

    /** The text of a datagram at some time. */
    interface Envelope {
        String at(long unixSeconds);
    }

    /** A datagram with this message, properly signed. */
    static ConfdQuestion signed(int type, String rsalt, String what, String message) {
        return new ConfdQuestion(type, rsalt, what, unixSeconds -> envelope(Long.toString(unixSeconds), message));
    }

    /** The envelope of a message, as the real client writes it. */
    static String envelope(String salt, String message) {
        return "plj0{\"msg\": " + quoted(message) + ", \"salt\": " + quoted(salt) + ", \"hmac\": \""
                + ConfdSignature.of(salt, message) + "\"}\n";
    }

    /** The text as a JSON string in ASCII. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ' || c > '~') {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }

    byte[] datagram(long unixSeconds) {
        return envelope.at(unixSeconds).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "type " + type + ", " + what;
    }
}
