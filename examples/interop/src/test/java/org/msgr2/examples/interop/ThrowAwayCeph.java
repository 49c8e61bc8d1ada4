package org.msgr2.examples.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A cluster that exists for a test only, all of it on 127.0.0.1 and in one temporary directory. Where its programs come
 * from and run is the {@link CephHost}'s business; the recipe is the same everywhere. Thread-safe.
 */
public abstract sealed class ThrowAwayCeph implements CephCluster permits LocalCeph, ContainerCeph {

    private static final Duration DAEMON_UP_LIMIT = Duration.ofSeconds(30);
    private static final int ATTEMPTS_MAX = 5;

    private final CephSettings settings;
    private final CephHost host;
    private final String fsid = UUID.randomUUID().toString();
    private final List<MonAddress> monitors;
    private final ClusterSite site;
    private final List<Daemon> daemons = new ArrayList<>();
    private volatile String version = "(not started)";

    ThrowAwayCeph(CephSettings settings, CephHost host, List<MonAddress> monitors, Path parent) {
        this.settings = settings;
        this.host = host;
        this.monitors = monitors;
        this.site = ClusterSite.create(host, parent);
    }

    /**
     * Starts a cluster, on other ports if somebody took the first choice meanwhile.
     *
     * @param ports chooses as many ports for the monitors as it is asked for
     * @param make makes the place of a cluster with such monitors; nothing runs in it yet
     */
    static <C extends ThrowAwayCeph> C start(
            CephSettings settings, IntFunction<List<Integer>> ports, Function<List<MonAddress>, C> make) {
        for (int attempt = 1; ; attempt++) {
            List<Integer> chosen = ports.apply(MonAddress.portsNeeded(settings));
            C ceph = make.apply(MonAddress.assign(settings, chosen));
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
    public CephSettings.Auth auth() {
        return settings.auth();
    }

    @Override
    public String ceph(String... args) {
        return site.run(CephProgram.CEPH, args);
    }

    @Override
    public String description() {
        return "Ceph " + version + " " + host.place() + ": " + settings.summary();
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

    void bringUp() {
        site.open();
        version = host.version();
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
            throw new PeerException("%s is not up after %d s; the end of its log:%n%s"
                    .formatted(late.name(), DAEMON_UP_LIMIT.toSeconds(), LogTail.of(late.log())));
        }
    }
}
