package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where Debian's packages of Ganeti are unpacked: nothing of them needs to be installed. Immutable.
 *
 * @param root what would be {@code /} if they were
 */
public record GanetiInstalled(Path root) {

    /** The environment variable that names the root; {@code .ci/run} sets it. */
    static final String ROOT_VARIABLE = "MSGR_GANETI_ROOT";

    private static final String CONFD = "usr/lib/ganeti/3.0/usr/sbin/ganeti-confd";
    private static final String LUXID = "usr/lib/ganeti/3.0/usr/sbin/ganeti-luxid";

    /**
     * What the environment says.
     *
     * @throws PeerException if there is no Ganeti there, saying how to get it
     */
    public static GanetiInstalled here() {
        String root = System.getenv(ROOT_VARIABLE);
        missing(root).ifPresent(reason -> {
            throw new PeerException(reason);
        });
        return new GanetiInstalled(Path.of(Objects.requireNonNull(root)));
    }

    /** Why there is no Ganeti here and how to get it; empty if there is one. */
    static Optional<String> missing() {
        return missing(System.getenv(ROOT_VARIABLE));
    }

    /** The same for any value of the variable. */
    static Optional<String> missing(@Nullable String root) {
        if (root == null || root.isBlank()) {
            return Optional.of("no ganeti-confd: " + ROOT_VARIABLE + " is not set (.ci/ganeti.sh unpacks it)");
        }
        Path confd = Path.of(root, CONFD);
        return Files.isExecutable(confd)
                ? Optional.empty()
                : Optional.of("no ganeti-confd: " + ROOT_VARIABLE + " is set, but there is no program " + confd);
    }

    /** The daemon's program. */
    Path confd() {
        return root.resolve(CONFD);
    }

    /** The program of the daemon with the query socket. */
    Path luxid() {
        return root.resolve(LUXID);
    }

    /** What programs of these packages need in their environment. */
    Map<String, String> environment() {
        String python = Stream.of("usr/share/ganeti/3.0", "usr/lib/python3/dist-packages")
                .map(place -> root.resolve(place).toString())
                .collect(Collectors.joining(":"));
        return Map.of("LD_LIBRARY_PATH", libraries(), "PYTHONPATH", python);
    }

    /** Debian's directories of libraries have the name of the architecture in theirs. */
    private String libraries() {
        return Stream.of("usr/lib", "lib")
                .map(root::resolve)
                .filter(Files::isDirectory)
                .flatMap(place -> entries(place).stream())
                .filter(place -> place.getFileName().toString().endsWith("-linux-gnu"))
                .map(Path::toString)
                .collect(Collectors.joining(":"));
    }

    private static List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            throw new PeerException("cannot list " + directory, e);
        }
    }
}
