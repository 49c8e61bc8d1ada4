package org.msgr2.confd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigException;

/** The recorded files that tests start from; see vectors/README.md. */
public final class Vectors {
    private Vectors() {}

    /** The bytes of a file in {@code vectors/}. */
    public static byte[] bytes(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no vectors/" + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Six instances on five nodes, as Ganeti 3.0 keeps them. */
    public static ClusterConfig small30() {
        return config("config-small.data");
    }

    /** The same cluster as Ganeti 2.8 keeps it. */
    public static ClusterConfig small28() {
        return config("config-small-2.8.data");
    }

    private static ClusterConfig config(String name) {
        try {
            return ClusterConfig.parse(bytes(name));
        } catch (ConfigException e) {
            throw new IllegalStateException(name, e);
        }
    }
}
