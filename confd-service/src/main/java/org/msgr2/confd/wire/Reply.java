package org.msgr2.confd.wire;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A signed reply (spec/confd §1.3). It may hold secrets, so {@link #toString} leaves the answer out.
 *
 * @param salt the random salt of the request that it answers
 * @param answer what was asked for, or an error's code or text; the holder's own
 */
public record Reply(String salt, Status status, JsonNode answer, long serial) implements DecodedReply {
    @Override
    public String toString() {
        return "Reply[salt=" + salt + ", status=" + status + ", serial=" + serial + "]";
    }
}
