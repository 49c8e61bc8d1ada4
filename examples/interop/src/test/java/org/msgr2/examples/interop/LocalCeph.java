package org.msgr2.examples.interop;

import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A throw-away cluster of the Ceph that is installed on this machine. It listens on 127.0.0.1 only, keeps everything in
 * one temporary directory, and its daemons are child processes of this JVM.
 *
 * <p>{@link #close()} ends the daemons and deletes the directory; a shutdown hook does the same if the JVM ends first.
 * (Only a JVM that is killed outright leaves its daemons running.) Thread-safe.
 */
public final class LocalCeph extends ThrowAwayCeph {

    private LocalCeph(CephSettings settings, CephInstalled installed, List<MonAddress> monitors, Path parent) {
        super(settings, new ThisMachine(installed), monitors, parent);
    }

    /**
     * Starts a cluster and returns when every daemon of it is of use.
     *
     * @throws PeerException if a program is missing or fails, with the program's own words; nothing is left behind then
     */
    public static LocalCeph start(CephSettings settings) {
        return start(settings, FreePorts::choose, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * @param ports chooses as many ports for the monitors as it is asked for; asked again if one turns out to be taken
     * @param parent the directory in which the cluster makes its own
     */
    static LocalCeph start(CephSettings settings, IntFunction<List<Integer>> ports, Path parent) {
        CephInstalled installed = CephInstalled.here();
        return start(settings, ports, monitors -> new LocalCeph(settings, installed, monitors, parent));
    }
}
