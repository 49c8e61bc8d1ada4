package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What became of one of Ceph's own clients that talked to a node of ours.
 *
 * @param exitCode 0 if it did what it was told
 * @param output what it said, standard error included
 */
record ClientRun(int exitCode, String output) {

    private static final long SECONDS_MAX = 30;

    /** Runs the {@code ceph} command with this configuration to its end. */
    static ClientRun ceph(Path conf, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(CephInstalled.here().get(CephProgram.CEPH).toString());
        command.addAll(List.of("--conf", conf.toString()));
        command.addAll(List.of(args));
        Path out = Files.createTempFile("ceph", ".out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CEPH_"));
        Process process = builder.start();
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("ceph " + String.join(" ", args) + " did not end within " + SECONDS_MAX
                        + " s; so far it said: " + Files.readString(out));
            }
            return new ClientRun(process.exitValue(), Files.readString(out));
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(out);
        }
    }

    /**
     * What it said.
     *
     * @throws AssertionError if it failed
     */
    String succeeded() {
        if (exitCode != 0) {
            throw new AssertionError("it ended with status " + exitCode + ": " + output);
        }
        return output;
    }
}
