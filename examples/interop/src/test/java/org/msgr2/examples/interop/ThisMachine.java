package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The programs that are installed on this machine, as child processes of this JVM. */
final class ThisMachine implements CephHost {

    private final CephInstalled installed;
    private volatile @Nullable Path directory;

    ThisMachine(CephInstalled installed) {
        this.installed = installed;
    }

    @Override
    public String place() {
        return "on this machine";
    }

    @Override
    public void open(Path directory) {
        this.directory = directory;
    }

    @Override
    public String version() {
        return installed.version();
    }

    @Override
    public Process start(Path conf, CephProgram program, List<String> arguments, @Nullable Path log)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(installed.get(program).toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Objects.requireNonNull(directory).toFile())
                .redirectInput(Path.of("/dev/null").toFile());
        // Only this cluster's file counts, whatever the user's environment or /etc/ceph says.
        builder.environment().keySet().removeIf(name -> name.startsWith("CEPH_"));
        builder.environment().put("CEPH_CONF", conf.toString());
        if (log != null) {
            builder.redirectErrorStream(true).redirectOutput(log.toFile());
        }
        return builder.start();
    }

    /** The processes are their starter's to end, one by one. */
    @Override
    public void close() {}
}
