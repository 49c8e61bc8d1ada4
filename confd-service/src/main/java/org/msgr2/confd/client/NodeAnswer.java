package org.msgr2.confd.client;

import com.fasterxml.jackson.databind.JsonNode;
import org.msgr2.confd.wire.Status;

/**
 * What a node has answered to a call. It may hold secrets, so {@link #toString} leaves the answer out.
 *
 * @param answer what was asked for, or an error's code or text; the holder's own
 * @param serial of the object that it is about; 0 where there is none
 * @param revision the serial number of the file that was answered from; -1 if there was none
 */
public record NodeAnswer(Status status, JsonNode answer, long serial, long revision) {
    @Override
    public String toString() {
        return "NodeAnswer[status=" + status + ", serial=" + serial + ", revision=" + revision + "]";
    }
}
