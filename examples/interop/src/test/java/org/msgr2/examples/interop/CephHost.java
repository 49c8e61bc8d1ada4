package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the Ceph programs of one throw-away cluster run. It shares its network and the cluster's directory with this JVM:
 * ports are the same numbers on 127.0.0.1, and files have the same paths. Thread-safe.
 */
interface CephHost extends AutoCloseable {

    /** For a description: "on this machine", "in a container of IMAGE". */
    String place();

    /**
     * Gets ready to run programs, before any is started.
     *
     * @param directory the cluster's; exists, and is empty
     * @throws PeerException if it cannot be, saying why
     */
    void open(Path directory);

    /**
     * The release of its Ceph, such as {@code 16.2.15}.
     *
     * @throws PeerException if there is none or it does not tell
     */
    String version();

    /**
     * Starts a program in the cluster's directory, with nothing on its standard input and with no configuration but the
     * cluster's.
     *
     * @param conf the cluster's configuration file
     * @param log the file that gets everything it says; null if the caller reads its streams
     */
    Process start(Path conf, CephProgram program, List<String> arguments, @Nullable Path log) throws IOException;

    /** Whatever still runs here may be ended without asking. Calling it again does nothing. */
    @Override
    void close();
}
