package org.msgr2.session.mon;

import java.nio.charset.StandardCharsets;
import org.msgr2.core.wire.Opaque;

/**
 * What a monitor answers to a command. Immutable.
 *
 * @param result 0 or positive, or a negative errno
 * @param status a line for people; may be empty
 * @param output what the command printed; may be binary, and may be a secret
 */
public record MonCommandResult(int result, String status, Opaque output) {

    public boolean succeeded() {
        return result >= 0;
    }

    /** The output as text. */
    public String text() {
        return new String(output.toByteArray(), StandardCharsets.UTF_8);
    }
}
