package org.msgr2.examples.interop;

import java.nio.file.Path;

/**
 * A daemon in the foreground, as a child process of this JVM: its handle is all that is needed to end it.
 *
 * @param name what it is called in errors, such as {@code mon.a}
 * @param process the running process
 * @param log everything that it says
 */
record Daemon(String name, Process process, Path log) {

    private static final String PORT_TAKEN = "Address already in use";

    /**
     * Does nothing while the daemon runs.
     *
     * @throws PortTakenException if it ended because it could not bind its port
     * @throws PeerException if it ended for another reason
     */
    void checkAlive() {
        if (process.isAlive()) {
            return;
        }
        String tail = LogTail.of(log);
        String message = "%s ended with status %d; the end of its log:%n%s".formatted(name, process.exitValue(), tail);
        throw tail.contains(PORT_TAKEN) ? new PortTakenException(message) : new PeerException(message);
    }
}
