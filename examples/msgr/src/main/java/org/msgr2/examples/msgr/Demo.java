package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.session.Messenger;

/** What the steps of one demonstration share: a place for data, the node, and the report. */
final class Demo implements AutoCloseable {
    private final Terminal terminal;
    private final boolean json;
    private final Path directory;
    private final ObjectNode results = JsonNodeFactory.instance.objectNode();
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final DemoCluster cluster;
    private @Nullable Node node;

    Demo(Terminal terminal, boolean json) throws Failure {
        this.terminal = terminal;
        this.json = json;
        this.directory = DataDirectory.temporary();
        this.cluster = DemoCluster.create(directory);
    }

    void run(DemoStep step) throws Failure, InterruptedException {
        step.run(this);
    }

    /** Exists until the demonstration ends. */
    Path directory() {
        return directory;
    }

    /** What the node's confd is about. */
    DemoCluster cluster() {
        return cluster;
    }

    /** The first step's. */
    Node node() {
        if (node == null) {
            throw new IllegalStateException("no node has been started");
        }
        return node;
    }

    /** Ownership passes. */
    void node(Node started) {
        node = started;
        resources.push(started);
    }

    /** A client that logs in to the node as the administrator, and wants everything to be encrypted. */
    Messenger.Builder client() {
        NodeKeyring keyring = node().security().keyring();
        if (keyring == null) {
            throw new IllegalStateException("the node has no keyring");
        }
        return client(keyring.keys().find(NodeKeyring.ADMIN).orElseThrow().key());
    }

    /** The same with some other key. */
    static Messenger.Builder client(CryptoKey key) {
        return Messenger.builder(NodeKeyring.ADMIN.toString()).auth(self -> {
            CephxConfig config =
                    CephxConfig.of(self, key).withModes(List.of(ConnectionMode.SECURE), List.of(ConnectionMode.SECURE));
            CephxClient client = new CephxClient(config, InstantSource.system(), new SecureRandom()::nextBytes);
            return new CephxAuth(client, new NoneAuth(self));
        });
    }

    Progress progress(String what, long total) {
        return new Progress(terminal, what, total);
    }

    /**
     * Says how a step went.
     *
     * @param text for people; a line that ends in a line break is continued below
     * @return the step's object, for programs
     */
    ObjectNode report(DemoStep step, String text) {
        if (!json) {
            String label = step.name();
            for (String line : text.lines().toList()) {
                terminal.out().println(String.format(Locale.ROOT, "%-6s %s", label, line));
                label = "";
            }
        }
        return results.withObjectProperty(step.name());
    }

    ObjectNode results() {
        return results;
    }

    @Override
    public void close() throws Failure {
        try {
            while (!resources.isEmpty()) {
                resources.pop().close();
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw Failure.of("cannot end the demonstration: " + Faults.root(e), e);
        } finally {
            DataDirectory.delete(directory);
        }
    }
}
