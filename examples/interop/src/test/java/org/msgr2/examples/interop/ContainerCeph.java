package org.msgr2.examples.interop;

import java.nio.file.Path;
import java.util.List;

/**
 * A throw-away cluster whose programs run in a container: nothing of Ceph has to be installed on this machine. It listens
 * on 127.0.0.1 only. {@link #close()} kills the container and deletes the cluster's directory. Thread-safe.
 */
public final class ContainerCeph extends ThrowAwayCeph {

    private ContainerCeph(CephSettings settings, ContainerImage image, List<MonAddress> monitors, Path parent) {
        super(settings, new CephContainer(image), monitors, parent);
    }

    /**
     * Starts a cluster and returns when every daemon of it is of use.
     *
     * @throws PeerException if the container or a program does not start; nothing is left behind then
     */
    static ContainerCeph start(CephSettings settings, ContainerImage image) {
        Path parent = Path.of(System.getProperty("java.io.tmpdir"));
        return start(settings, FreePorts::choose, monitors -> new ContainerCeph(settings, image, monitors, parent));
    }
}
