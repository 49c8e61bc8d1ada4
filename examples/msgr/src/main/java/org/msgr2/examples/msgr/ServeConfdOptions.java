package org.msgr2.examples.msgr;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.reload.OnBad;
import org.msgr2.confd.wire.WireMode;
import org.msgr2.core.address.EntityAddr;
import picocli.CommandLine.Option;

/** Those options of {@code msgr serve} that are about Ganeti's confd. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServeConfdOptions {
    @Option(
            names = "--confd-config",
            paramLabel = "FILE",
            description = "Host a confd for this Ganeti configuration (config.data). It may come later.")
    private @Nullable Path config;

    @Option(
            names = "--confd",
            paramLabel = "HOST:PORT",
            description = "Answer over UDP, as Ganeti's own confd does; its port is 1814.")
    private @Nullable EntityAddr udp;

    @Option(
            names = "--confd-key",
            paramLabel = "FILE",
            description = "The cluster's HMAC key (hmac.key), with which questions over UDP are signed.")
    private @Nullable Path key;

    @Option(
            names = "--confd-wire",
            paramLabel = "ERA",
            description = "As which Ganeti answers over UDP: 3.0, 2.7, or auto: as the question. Default: 3.0.")
    private @Nullable WireMode wire;

    @Option(
            names = "--confd-on-bad",
            paramLabel = "WHAT",
            description = "When the file goes bad: error: answer with the cause; keep: from the last good one."
                    + " Default: error.")
    private @Nullable OnBad onBad;

    @Option(
            names = "--luxi",
            paramLabel = "PATH",
            description = "Answer Ganeti's LUXI queries at this Unix-domain socket.")
    private @Nullable Path luxi;

    /** Null if a confd is not wanted. */
    @Nullable NodeConfd setup() throws Failure {
        if (config == null) {
            refuseWithout("--confd-config FILE", "--confd", udp);
            refuseWithout("--confd-config FILE", "--confd-key", key);
            refuseWithout("--confd-config FILE", "--confd-wire", wire);
            refuseWithout("--confd-config FILE", "--confd-on-bad", onBad);
            refuseWithout("--confd-config FILE", "--luxi", luxi);
            return null;
        }
        return new NodeConfd(config, onBad == null ? OnBad.ERROR : onBad, udp(), luxi);
    }

    private NodeConfd.@Nullable Udp udp() throws Failure {
        if (udp == null) {
            refuseWithout("--confd HOST:PORT", "--confd-key", key);
            refuseWithout("--confd HOST:PORT", "--confd-wire", wire);
            return null;
        }
        if (udp.type() != EntityAddr.Type.MSGR2 || udp.ip().length == 0) {
            throw Failure.usage("cannot listen on " + udp + ": --confd takes HOST:PORT");
        }
        if (key == null) {
            throw Failure.usage("--confd needs the cluster's key: give --confd-key FILE");
        }
        return new NodeConfd.Udp(udp, key, wire == null ? WireMode.V3_0 : wire);
    }

    private static void refuseWithout(String missing, String option, @Nullable Object given) throws Failure {
        if (given != null) {
            throw Failure.usage(option + " has no use without " + missing);
        }
    }
}
