package org.msgr2.examples.msgr;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import picocli.CommandLine.Option;

/** How every {@code msgr ceph} command finds a monitor and says who it is. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CephOptions {
    @Option(
            names = "--mon",
            paramLabel = "ADDR",
            description =
                    "A monitor, v2:HOST:PORT or [v2:HOST:PORT,v1:HOST:PORT]; repeat it for more, which are tried in order.")
    private List<EntityAddrVec> mons = new ArrayList<>();

    @Option(
            names = "--conf",
            paramLabel = "FILE",
            description = "A ceph.conf whose 'mon host' names the monitors, instead of --mon.")
    private @Nullable Path conf;

    @Option(
            names = "--name",
            paramLabel = "TYPE.ID",
            defaultValue = "client.admin",
            description = "Our own name. Default: ${DEFAULT-VALUE}.")
    private EntityName name;

    @Option(
            names = "--auth",
            paramLabel = "METHOD",
            defaultValue = "cephx",
            description = "none, or cephx: not in this version. Default: ${DEFAULT-VALUE}.")
    private Auth auth;

    @Option(names = "--keyring", paramLabel = "FILE", description = "For cephx: not in this version.")
    private @Nullable Path keyring;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "crc",
            description = "crc, or secure: not in this version. Default: ${DEFAULT-VALUE}.")
    private Mode mode;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Longest wait for a connection and for an answer. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    /** Authentication methods that can be asked for. */
    enum Auth {
        none,
        cephx
    }

    private enum Mode {
        crc,
        secure
    }

    EntityName name() {
        return name;
    }

    Duration timeout() {
        return timeout;
    }

    /** Refuses what this version cannot do, before anything is tried. */
    void check() throws Failure {
        if (auth != Auth.none || keyring != null || mode != Mode.crc) {
            String asked = keyring != null ? "--keyring" : mode != Mode.crc ? "--mode " + mode : "--auth " + auth;
            throw Failure.usage(asked + " is not available in this version: it knows only --auth none, in mode crc;"
                    + " give --auth none if the cluster allows it");
        }
        if (timeout.isZero()) {
            throw Failure.usage("--timeout must be longer than 0");
        }
    }

    /** The v2 addresses of the monitors, in the order in which they are to be tried; at least one. */
    List<EntityAddr> monitors() throws Failure {
        if (mons.isEmpty() == (conf == null)) {
            throw Failure.usage("which monitor? give either --mon ADDR or --conf FILE");
        }
        List<EntityAddrVec> all = conf == null ? mons : CephConf.read(conf).monHosts(name);
        List<EntityAddr> v2 = all.stream()
                .flatMap(vector -> vector.addrs().stream())
                .filter(addr -> addr.type() == EntityAddr.Type.MSGR2)
                .toList();
        if (v2.isEmpty()) {
            throw Failure.usage("no v2 address among the monitors " + all);
        }
        return v2;
    }
}
