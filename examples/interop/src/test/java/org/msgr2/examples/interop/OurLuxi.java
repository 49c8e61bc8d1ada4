package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.msgr2.confd.ConfdOptions;
import org.msgr2.confd.ConfdService;
import org.msgr2.confd.config.ConfigException;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.luxi.LuxiEngine;
import org.msgr2.confd.luxi.LuxiLimits;
import org.msgr2.confd.luxi.job.JobDirectory;
import org.msgr2.confd.luxi.query.Software;
import org.msgr2.confd.socket.QuerySocket;
import org.msgr2.session.Messenger;
import org.msgr2.session.Service;
import org.msgr2.session.ServiceContext;

/** Our query socket beside our confd, on a messenger. It says that it is the real one. */
final class OurLuxi implements AutoCloseable {

    private static final Software REAL = new Software("3.0.2", "(ganeti) version 3.0.2-3", List.of("64bits", "x86_64"));

    private final Messenger node;
    private final Path socket;

    private OurLuxi(Messenger node, Path socket) {
        this.node = node;
        this.socket = socket;
    }

    /** Starts it with the files of this directory. */
    static OurLuxi start(ConfdHost host) {
        Path socket = host.root().resolve("ours.sock");
        ConfdService confd = new ConfdService(ConfdOptions.of(host.config()));
        Service luxi = new Service() {
            @Override
            public String name() {
                return "luxi";
            }

            @Override
            public void start(ServiceContext context) throws IOException {
                LuxiEngine engine = new LuxiEngine(
                        () -> {
                            ConfigState state =
                                    Objects.requireNonNull(confd.config()).get();
                            if (state instanceof ConfigState.Loaded loaded) {
                                return loaded.config();
                            }
                            throw new ConfigException("not loaded");
                        },
                        new JobDirectory(host.config().resolveSibling("queue")),
                        REAL,
                        LuxiLimits.DEFAULT);
                QuerySocket.listen(context, socket, engine);
            }
        };
        return new OurLuxi(
                Messenger.builder("osd.0").service(confd).service(luxi).build(), socket);
    }

    Path socket() {
        return socket;
    }

    @Override
    public void close() {
        node.close();
    }
}
