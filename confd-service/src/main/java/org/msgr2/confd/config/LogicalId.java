package org.msgr2.confd.config;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads a disk's logical id, whose shape depends on a device type that may come later in the file. Used once. */
final class LogicalId {
    private final ConfigReader in;
    private final @Nullable String[] nodes = {null, null};
    private final int[] numbers = new int[3];
    private int count;

    LogicalId(ConfigReader in) {
        this.in = in;
    }

    /** The ends, if it has the length of a DRBD disk's: node, node, port, minor, minor, secret. */
    @Nullable Drbd ends() throws IOException, ConfigException {
        in.array(element -> {
            switch (count++) {
                case 0, 1 -> nodes[count - 1] = in.text();
                case 2, 3, 4 -> numbers[count - 3] = (int) in.number();
                default -> in.skip();
            }
        });
        if (count != 6 || nodes[0] == null || nodes[1] == null) {
            return null;
        }
        return new Drbd(in.pooled(nodes[0]), in.pooled(nodes[1]), numbers[0], numbers[1], numbers[2]);
    }
}
