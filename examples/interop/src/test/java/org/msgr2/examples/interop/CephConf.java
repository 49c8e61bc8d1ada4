package org.msgr2.examples.interop;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The configuration file of a throw-away cluster. */
final class CephConf {

    private final StringBuilder text = new StringBuilder();

    private CephConf() {}

    /**
     * Writes the file's text.
     *
     * @param directory where everything of the cluster lives; its path has no character that a configuration file
     *     quotes
     */
    static String render(CephSettings settings, String fsid, List<MonAddress> monitors, Path directory) {
        CephConf conf = new CephConf();
        conf.identity(fsid, monitors, directory);
        conf.network(settings);
        conf.protection(settings);
        conf.smallAndQuick();
        conf.perDaemon(directory);
        // Last, so that a test can override anything above: Ceph joins sections of one name and the later line wins.
        conf.section("global");
        settings.extraConf().forEach(conf::raw);
        return conf.text.toString();
    }

    private void identity(String fsid, List<MonAddress> monitors, Path directory) {
        section("global");
        set("fsid", fsid);
        set("mon host", monitors.stream().map(MonAddress::vector).collect(Collectors.joining(",")));
        set("keyring", directory.resolve(ClusterSite.KEYRING));
        set("run dir", directory);
        set("crash dir", directory);
        set("pid file", "");
    }

    private void network(CephSettings settings) {
        // Without the cluster address an OSD would listen on every interface for its peers.
        set("public addr", MonAddress.HOST);
        set("cluster addr", MonAddress.HOST);
        set("ms bind msgr2", true);
        set("ms bind msgr1", settings.msgr1());
        set("ms bind ipv6", false);
    }

    private void protection(CephSettings settings) {
        for (String role : List.of("cluster", "service", "client")) {
            set("auth " + role + " required", settings.auth().confValue());
            set("ms " + role + " mode", settings.modesConfValue());
            set("ms mon " + role + " mode", settings.modesConfValue());
        }
        // Otherwise every cluster is HEALTH_WARN: it would still admit clients of 2020 and earlier.
        set("auth allow insecure global id reclaim", false);
    }

    private void smallAndQuick() {
        set("paxos propose interval", 0.1);
        // Monitors that start at the same moment often miss each other's first vote; by default they try again after 5
        // s.
        set("mon election timeout", 1);
        set("mds beacon interval", 1);
        // All daemons are told to stop at once, so no monitor is there to hear an OSD's last word; it would wait 5 s
        // for one.
        set("osd fast shutdown notify mon", false);
        set("mgr tick period", 1);
        // A nearly full disk is no reason to warn about a cluster that lives for a minute.
        set("mon data avail warn", 1);
        set("mon data avail crit", 1);
        set("mon cluster log to file", false);
        set("mon allow pool size one", true);
        set("mon allow pool delete", true);
        set("mon warn on pool no redundancy", false);
        set("osd objectstore", "memstore");
        set("memstore device bytes", 1L << 30);
        set("osd crush chooseleaf type", 0);
        set("osd pool default size", 1);
        set("osd pool default min size", 1);
        set("osd pool default pg num", 8);
        set("osd pool default pg autoscale mode", "off");
        // These would open ports of their own. The always-on modules must not be named: that is HEALTH_ERR.
        set("mgr disabled modules", "restful iostat nfs dashboard influx zabbix prometheus");
    }

    private void perDaemon(Path directory) {
        for (String type : List.of("mon", "osd", "mgr", "mds")) {
            section(type);
            set(type + " data", directory.resolve("$name"));
            set("admin socket", directory.resolve("$name" + ClusterSite.ADMIN_SOCKET_SUFFIX));
            // The harness sends standard error to a file: one log, with what is said before and after logging works.
            set("log to stderr", true);
            set("log to file", false);
            // The log is written by a thread; without this, a daemon that gives up often takes its last words with it.
            set("log flush on exit", true);
            // At its default the database alone fills the tail that a failure should show.
            set("debug rocksdb", "1/1");
        }
        section("mon");
        // By default three tries with five seconds between them; 0 would mean never to bind at all.
        set("ms bind retry count", 1);
        section("client");
        set("admin socket", "");
        set("log to file", false);
    }

    private void section(String name) {
        raw("[" + name + "]");
    }

    private void set(String option, Object value) {
        raw(option + " = " + value);
    }

    private void raw(String line) {
        text.append(line).append('\n');
    }
}
