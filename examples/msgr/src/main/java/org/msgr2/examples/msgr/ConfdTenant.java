package org.msgr2.examples.msgr;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.ConfdOptions;
import org.msgr2.confd.ConfdService;
import org.msgr2.confd.KeyFile;
import org.msgr2.confd.reload.ConfigSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.Messenger;

/** {@link NodeConfd} at work: the key is read, and the services are there for a messenger to start. */
final class ConfdTenant {
    private final ConfdService confd;
    private final @Nullable LuxiService luxi;

    private ConfdTenant(ConfdService confd, @Nullable LuxiService luxi) {
        this.confd = confd;
        this.luxi = luxi;
    }

    static ConfdTenant open(NodeConfd setup) throws Failure {
        ConfdOptions options =
                ConfdOptions.of(setup.config()).withSource(ConfigSource.Options.DEFAULTS.withOnBad(setup.onBad()));
        NodeConfd.Udp udp = setup.udp();
        if (udp != null) {
            try {
                options = options.withUdp(ConfdOptions.Udp.of(socketAddress(udp.addr()), KeyFile.read(udp.key()))
                        .withMode(udp.wire()));
            } catch (IOException e) {
                throw Failure.of(Faults.oneLine(e.getMessage()) + "; choose another with --confd-key", e);
            }
        }
        ConfdService confd = new ConfdService(options);
        return new ConfdTenant(confd, setup.luxi() == null ? null : new LuxiService(setup, confd));
    }

    private static InetSocketAddress socketAddress(EntityAddr addr) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(addr.ip()), addr.port());
    }

    void addTo(Messenger.Builder builder) {
        builder.service(confd);
        if (luxi != null) {
            builder.service(luxi); // behind confd, whose configuration it shows
        }
    }

    /** Once the messenger has started. */
    List<FrontEnd> frontEnds() {
        List<FrontEnd> all = new ArrayList<>();
        InetSocketAddress udp = confd.udpAddr();
        if (udp != null) {
            all.add(new FrontEnd(FrontEnd.CONFD_UDP, NetUtil.toSocketAddressString(udp)));
        }
        if (luxi != null) {
            all.add(new FrontEnd("luxi", luxi.path().toString()));
        }
        return all;
    }
}
