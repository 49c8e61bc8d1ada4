package org.msgr2.examples.msgr;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@code msgr serve} with the sample cluster of the demonstration, and the way to it. */
record ConfdNode(ServedNode node, DemoCluster cluster) implements AutoCloseable {

    /** One that lets everybody in: over UDP the key of the cluster decides, over msgr2 nobody may more than ping. */
    static ConfdNode start(Path directory, String... more) throws Failure, IOException {
        return start(DemoCluster.create(directory), "--auth=none", more);
    }

    /** One that makes keys of its own: {@link #keyring} has them. */
    static ConfdNode startWithKeys(Path directory, String... more) throws Failure, IOException {
        return start(DemoCluster.create(directory), "--data=" + directory.resolve("data"), more);
    }

    static Path keyring(Path directory) {
        return directory.resolve("data").resolve("keyring");
    }

    private static ConfdNode start(DemoCluster cluster, String auth, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                auth, "--confd=127.0.0.1:0", "--confd-config=" + cluster.config(), "--confd-key=" + cluster.key()));
        options.addAll(List.of(more));
        return new ConfdNode(ServedNode.start(options.toArray(String[]::new)), cluster);
    }

    String udp() {
        return node.after("listening confd-udp ");
    }

    /** {@code msgr confd …} over UDP. */
    Run ask(String... question) {
        List<String> arguments = new ArrayList<>(List.of("confd"));
        arguments.addAll(List.of(question));
        arguments.addAll(List.of("--peer=" + udp(), "--key=" + cluster.key(), "--timeout=10s"));
        return Run.of(arguments.toArray(String[]::new));
    }

    @Override
    public void close() {
        node.close();
    }
}
