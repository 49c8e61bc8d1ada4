package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The {@code msgr} command as a user runs it: a process of its own, on the class path of the tests.
 *
 * @param exitCode 0 done, 1 failed, 2 wrong usage
 * @param out standard output
 * @param err standard error
 */
record MsgrProcess(int exitCode, String out, String err) {
    private static final long SECONDS_MAX = 60;

    /** Runs the command to its end. */
    static MsgrProcess run(String... args) throws IOException, InterruptedException {
        Path out = Files.createTempFile("msgr", ".out");
        Path err = Files.createTempFile("msgr", ".err");
        Process process = null;
        try {
            process = new ProcessBuilder(command(args))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("msgr did not end within " + SECONDS_MAX + " s: " + String.join(" ", args));
            }
            return new MsgrProcess(process.exitValue(), text(out), text(err));
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        }
    }

    static List<String> command(String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.msgr2.examples.msgr.Msgr"));
        command.addAll(List.of(args));
        return command;
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
