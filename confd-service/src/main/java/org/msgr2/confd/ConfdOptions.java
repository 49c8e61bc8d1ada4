package org.msgr2.confd;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.calls.ConfdCallLimits;
import org.msgr2.confd.engine.EngineOptions;
import org.msgr2.confd.reload.ConfigSource;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.WireLimits;
import org.msgr2.confd.wire.WireMode;

/**
 * What a {@link ConfdService} is made of. Immutable.
 *
 * @param config the cluster's configuration file; it may come later
 * @param source when that is read again, and what is done while it is bad
 * @param udp the front end for Ganeti's own clients; null for none
 * @param calls the bounds of what peers call and watch
 */
public record ConfdOptions(
        Path config, ConfigSource.Options source, @Nullable Udp udp, ConfdCallLimits calls) {

    /** Without a front end. */
    public static ConfdOptions of(Path config) {
        return new ConfdOptions(config, ConfigSource.Options.DEFAULTS, null, ConfdCallLimits.DEFAULTS);
    }

    public ConfdOptions withSource(ConfigSource.Options other) {
        return new ConfdOptions(config, other, udp, calls);
    }

    public ConfdOptions withUdp(Udp frontEnd) {
        return new ConfdOptions(config, source, frontEnd, calls);
    }

    public ConfdOptions withCalls(ConfdCallLimits other) {
        return new ConfdOptions(config, source, udp, other);
    }

    /**
     * The original wire.
     *
     * @param addr port 0 is one of the system's choice
     * @param mode which era's rules
     */
    public record Udp(InetSocketAddress addr, ConfdKey key, WireMode mode, EngineOptions engine, WireLimits limits) {
        /** Ganeti's port. */
        public static final int PORT_DEFAULT = 1814;

        public static Udp of(InetSocketAddress addr, ConfdKey key) {
            return new Udp(addr, key, WireMode.V3_0, EngineOptions.DEFAULTS, WireLimits.DEFAULTS);
        }

        public Udp withMode(WireMode other) {
            return new Udp(addr, key, other, engine, limits);
        }

        public Udp withEngine(EngineOptions other) {
            return new Udp(addr, key, mode, other, limits);
        }
    }
}
