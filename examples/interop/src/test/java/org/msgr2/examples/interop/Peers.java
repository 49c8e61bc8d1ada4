package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the programs under test on this machine. */
final class Peers {
    /** Set by CI: an absent program is then a failure, not a reason to skip. */
    static final String REQUIRED = "MSGR_INTEROP_REQUIRED";

    private Peers() {}

    /** The program on the PATH; without it the calling test is skipped with that reason, or fails in CI. */
    static Path program(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String directory : path.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(directory, name);
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        String reason = name + " is not on the PATH";
        if (Boolean.parseBoolean(System.getenv(REQUIRED))) {
            return fail(reason + ", and " + REQUIRED + " is set");
        }
        System.err.println("skipped: " + reason); // Surefire itself keeps the reason for its XML reports
        return abort(reason);
    }
}
