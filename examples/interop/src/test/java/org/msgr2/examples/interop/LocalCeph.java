package org.msgr2.examples.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A throw-away cluster of the Ceph that is installed on this machine. It listens on 127.0.0.1 only, keeps everything in
 * one temporary directory, and its daemons are child processes of this JVM.
 *
 * <p>{@link #close()} ends the daemons and deletes the directory; a shutdown hook does the same if the JVM ends first.
 * (Only a JVM that is killed outright leaves its daemons running.) Thread-safe.
 */
public final class LocalCeph implements CephCluster {

    private static final Duration DAEMON_UP_LIMIT = Duration.ofSeconds(30);
    private static final int ATTEMPTS_MAX = 5;

    private final CephSettings settings;
    private final String version;
    private final String fsid = UUID.randomUUID().toString();
    private final List<MonAddress> monitors;
    private final ClusterSite site;
    private final List<Daemon> daemons = new ArrayList<>();

    private LocalCeph(CephSettings settings, CephInstalled installed, List<MonAddress> monitors, Path parent) {
        this.settings = settings;
        this.version = installed.version();
        this.monitors = monitors;
        this.site = ClusterSite.create(installed, parent);
    }

    /**
     * Starts a cluster and returns when every daemon of it is of use.
     *
     * @throws CephException if a program is missing or fails, with the program's own words; nothing is left behind then
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
        for (int attempt = 1; ; attempt++) {
            List<Integer> chosen = ports.apply(MonAddress.portsNeeded(settings));
            LocalCeph ceph = new LocalCeph(settings, installed, MonAddress.assign(settings, chosen), parent);
            boolean up = false;
            try {
                ceph.bringUp();
                up = true;
                return ceph;
            } catch (PortTakenException e) {
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            } finally {
                if (!up) {
                    ceph.close();
                }
            }
        }
    }

    @Override
    public String fsid() {
        return fsid;
    }

    @Override
    public List<String> monAddresses() {
        return monitors.stream().map(MonAddress::msgr2).toList();
    }

    @Override
    public Path conf() {
        return site.conf();
    }

    @Override
    public Path keyring() {
        return site.keyring();
    }

    @Override
    public String ceph(String... args) {
        return site.run(CephProgram.CEPH, args);
    }

    @Override
    public String description() {
        return "Ceph " + version + " on this machine: " + settings.summary();
    }

    @Override
    public void close() {
        site.close();
    }

    @Override
    public String toString() {
        return description();
    }

    /** Where the cluster keeps its files; the log of each daemon is {@code <name>.log} in it. */
    Path directory() {
        return site.directory();
    }

    /** The daemons in the order in which they were started. */
    List<Daemon> daemons() {
        return List.copyOf(daemons);
    }

    private void bringUp() {
        site.write(site.conf(), CephConf.render(settings, fsid, monitors, site.directory()));
        site.write(site.keyring(), CephKeyring.render(settings, Instant.now()));
        makeMonmap();
        // The monitors wait for each other, so they start together; each later daemon needs those before it.
        launch(monitors.stream()
                .map(monitor -> new MonRecipe(monitor.name(), monitors.size()))
                .toList());
        launch(IntStream.range(0, settings.osds())
                .mapToObj(id -> new OsdRecipe(id, UUID.randomUUID()))
                .toList());
        if (settings.mgr()) {
            launch(List.of(new MgrRecipe()));
        }
        if (settings.mds()) {
            launch(List.of(new MdsRecipe()));
        }
    }

    private void makeMonmap() {
        List<String> arguments = new ArrayList<>(List.of("--create", "--fsid", fsid));
        monitors.forEach(monitor -> arguments.addAll(List.of("--addv", monitor.name(), monitor.vector())));
        arguments.add(site.monmap().toString());
        site.run(CephProgram.MONMAPTOOL, arguments.toArray(String[]::new));
    }

    private void launch(List<? extends DaemonRecipe> recipes) {
        recipes.forEach(recipe -> recipe.prepare(site));
        recipes.forEach(recipe -> daemons.add(site.start(recipe)));
        recipes.forEach(this::awaitUp);
    }

    private void awaitUp(DaemonRecipe recipe) {
        boolean up = Await.until(DAEMON_UP_LIMIT, () -> {
            daemons.forEach(Daemon::checkAlive);
            return recipe.ready(site);
        });
        if (!up) {
            Daemon late = daemons.stream()
                    .filter(daemon -> daemon.name().equals(recipe.name()))
                    .findFirst()
                    .orElseThrow();
            throw new CephException("%s is not up after %d s; the end of its log:%n%s"
                    .formatted(late.name(), DAEMON_UP_LIMIT.toSeconds(), LogTail.of(late.log())));
        }
    }
}
