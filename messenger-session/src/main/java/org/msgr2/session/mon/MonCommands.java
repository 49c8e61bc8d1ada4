package org.msgr2.session.mon;

import io.netty.buffer.ByteBuf;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.session.Connection;

/** Who answers the commands that reach a {@link MonitorService}. Called on worker threads, concurrently. */
public interface MonCommands {

    /**
     * What a command came to.
     *
     * @param result 0, or a negative errno
     * @param status a line for people; may be empty
     * @param output what the command printed
     */
    record Answer(int result, String status, String output) {
        /** Done, with this to print. */
        public static Answer done(String output) {
            return new Answer(0, "", output);
        }

        /** @param errno positive */
        public static Answer failed(int errno, String status) {
            return new Answer(-errno, status, "");
        }

        /** The same with such a line for people. */
        public Answer withStatus(String line) {
            return new Answer(result, line, output);
        }
    }

    /**
     * Runs a command.
     *
     * @param from who asks; permissions are up to the implementation
     * @param input what was sent along; borrowed, empty if nothing was
     */
    Answer run(Connection from, MonCommand command, ByteBuf input);

    /** What {@code ceph ping} prints: a line of JSON. */
    String ping();
}
