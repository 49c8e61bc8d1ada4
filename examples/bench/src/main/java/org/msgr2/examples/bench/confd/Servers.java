package org.msgr2.examples.bench.confd;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The two programs. */
enum Servers {
    /** The real daemon, without {@code -d}: it logs no request that it answers. */
    GANETI {
        @Override
        ServerProcess start(ClusterFiles files, List<String> jvm) throws IOException {
            Path root = ganetiRoot().orElseThrow(() -> new IOException("no ganeti-confd: set MSGR_GANETI_ROOT"));
            int port = freePort();
            ProcessBuilder builder = new ProcessBuilder(
                    root.resolve(CONFD).toString(),
                    "-f",
                    "--no-user-checks",
                    "--syslog=no",
                    "-b",
                    "127.0.0.1",
                    "-p",
                    Integer.toString(port));
            builder.environment().put("LD_LIBRARY_PATH", libraries(root));
            builder.environment().put("GANETI_ROOTDIR", files.root().toString());
            builder.environment().put("GANETI_HOSTNAME", "bench.test.example");
            return ServerProcess.start(
                    "ganeti-confd", builder, port, files.root().resolve("log"));
        }
    },
    /** Ours, in a JVM of its own. */
    OURS {
        @Override
        ServerProcess start(ClusterFiles files, List<String> jvm) throws IOException {
            int port = freePort();
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvm);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), OurConfd.class.getName()));
            command.addAll(List.of(
                    Integer.toString(port),
                    files.config().toString(),
                    files.key().toString()));
            return ServerProcess.start(
                    "ours", new ProcessBuilder(command), port, files.root().resolve("log"));
        }
    };

    private static final String CONFD = "usr/lib/ganeti/3.0/usr/sbin/ganeti-confd";

    /**
     * Starts the program; it may take a while until it answers.
     *
     * @param jvm options of the JVM, where there is one
     */
    abstract ServerProcess start(ClusterFiles files, List<String> jvm) throws IOException;

    /** Where Debian's packages are unpacked, if they are. */
    static Optional<Path> ganetiRoot() {
        return Optional.ofNullable(System.getenv("MSGR_GANETI_ROOT"))
                .map(Path::of)
                .filter(root -> Files.isExecutable(root.resolve(CONFD)));
    }

    private static String libraries(Path root) throws IOException {
        List<Path> places = new ArrayList<>();
        for (String place : List.of("usr/lib", "lib")) {
            try (Stream<Path> entries = Files.list(root.resolve(place))) {
                entries.filter(entry -> entry.toString().endsWith("-linux-gnu")).forEach(places::add);
            }
        }
        return places.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    /** Nobody's a moment ago; ganeti-confd shares a port rather than failing, so what answers is checked by the key. */
    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
