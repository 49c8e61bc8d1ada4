package org.msgr2.examples.interop;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which real Ceph programs this machine has. Immutable; looks at the file system on each call and remembers nothing.
 */
public final class CephInstalled {

    private static final Duration VERSION_LIMIT = Duration.ofSeconds(10);

    private final List<Path> places;

    /** @param places the directories to look in, in this order */
    CephInstalled(List<Path> places) {
        this.places = List.copyOf(places);
    }

    /**
     * Looks on the {@code PATH}, then in the directories where distributions put Ceph even if a {@code PATH} omits
     * them.
     */
    public static CephInstalled here() {
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        return new CephInstalled(
                Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/bin", "/usr/sbin"))
                        .filter(place -> !place.isBlank())
                        .map(Path::of)
                        .toList());
    }

    /** Where the program is, if it is here. */
    public Optional<Path> find(CephProgram program) {
        return places.stream()
                .map(place -> place.resolve(program.command()))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /**
     * Where the program is.
     *
     * @throws PeerException if it is not installed, saying which package brings it
     */
    public Path get(CephProgram program) {
        return find(program)
                .orElseThrow(() -> new PeerException(missing(List.of(program)).orElseThrow()));
    }

    /**
     * What is missing of these programs and how to get it, for example {@code "ceph-mon, ceph not installed (apt-get
     * install ceph-mon ceph-common)"}; empty if all are here.
     */
    public Optional<String> missing(Collection<CephProgram> programs) {
        List<CephProgram> absent =
                programs.stream().filter(program -> find(program).isEmpty()).toList();
        if (absent.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of("%s not installed (apt-get install %s)"
                .formatted(
                        absent.stream().map(CephProgram::command).collect(Collectors.joining(", ")),
                        absent.stream()
                                .map(CephProgram::debianPackage)
                                .distinct()
                                .collect(Collectors.joining(" "))));
    }

    /**
     * The release of the installed monitor, such as {@code 16.2.15}.
     *
     * @throws PeerException if there is none or it does not tell
     */
    public String version() {
        String answer = PeerCommand.run(
                new ProcessBuilder(get(CephProgram.MON).toString(), "--version"), VERSION_LIMIT, ProcessBuilder::start);
        return release(answer);
    }

    /**
     * The release in what {@code ceph-mon --version} answers.
     *
     * @throws PeerException if it is not there
     */
    static String release(String answer) {
        // "ceph version 16.2.15 (<commit>) pacific (stable)"
        String[] words = answer.strip().split("\\s+");
        if (words.length < 3) {
            throw new PeerException("ceph-mon --version answered '" + answer.strip() + "'");
        }
        return words[2];
    }
}
