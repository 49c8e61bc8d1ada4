package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.msgr2.confd.luxi.fault.RefusedCallException;

/** What a call gets: written once, straight into the reply, so that long answers exist in one form only. */
@FunctionalInterface
public interface Answer {
    /** Writes one JSON value. What has been written before an exception is thrown away. */
    void write(JsonGenerator out) throws IOException, RefusedCallException;
}
