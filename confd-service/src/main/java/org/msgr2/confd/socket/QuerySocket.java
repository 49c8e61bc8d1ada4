package org.msgr2.confd.socket;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.msgr2.confd.luxi.LuxiEngine;
import org.msgr2.session.ServiceContext;
import org.msgr2.session.transport.ListenerHandle;
import org.msgr2.session.transport.StreamOptions;

/** Where clients of the query socket connect: usually {@code <localstatedir>/run/ganeti/socket/ganeti-query}. */
public final class QuerySocket {
    /** For Ganeti's daemons, which share a group; the same as that of ganeti-luxid 3.0.2. */
    private static final String FILE_MODE = "rw-rw----";

    private QuerySocket() {}

    /**
     * Listens at the path. Queries run on the service's workers: one at a time for a connection.
     *
     * @return to be closed when the service drains
     * @throws IOException with a message for a user
     */
    public static ListenerHandle listen(ServiceContext context, Path path, LuxiEngine engine) throws IOException {
        StreamOptions options = StreamOptions.of(context.limits()).withFileMode(FILE_MODE);
        return context.stream(
                UnixDomainSocketAddress.of(path), options, () -> new QueryStream(engine, context.workers()));
    }
}
