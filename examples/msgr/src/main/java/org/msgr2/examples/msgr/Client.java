package org.msgr2.examples.msgr;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.MessengerStats;
import org.msgr2.session.SessionEvent;

/**
 * A messenger with one connection, for commands that talk to one peer. A messenger dials for ever; a person at a terminal
 * wants to know: the first fault, and silence for too long, end whatever is waited for.
 */
final class Client implements AutoCloseable {
    /** What is queued has been answered by then, or never will be. */
    private static final Duration CLOSE_MAX = Duration.ofSeconds(1);

    private final Messenger messenger;
    private final Connection connection;
    private final ConnectionInfo info;
    private final Duration timeout;
    private final Watch watch;

    private Client(Messenger messenger, Connection connection, ConnectionInfo info, Duration timeout, Watch watch) {
        this.messenger = messenger;
        this.connection = connection;
        this.info = info;
        this.timeout = timeout;
        this.watch = watch;
    }

    /**
     * Connects.
     *
     * @param builder of the messenger, with the dispatchers that the caller wants
     * @param timeout for this, and later for each answer
     */
    static Client connect(Messenger.Builder builder, EntityType type, EntityAddr addr, Duration timeout)
            throws Failure, InterruptedException {
        checkDialable(addr);
        Watch watch = new Watch();
        Messenger messenger = builder.dispatcher(watch).limits(limits(timeout)).build();
        try {
            Connection connection = messenger.connect(type, addr);
            ConnectionInfo info = watch.await(connection.ready(), timeout, "cannot connect to " + addr);
            return new Client(messenger, connection, info, timeout, watch);
        } catch (Failure | InterruptedException | RuntimeException e) {
            messenger.close();
            throw e;
        }
    }

    /** Refuses an address that nobody could dial. */
    static void checkDialable(EntityAddr addr) throws Failure {
        if (addr.type() != EntityAddr.Type.MSGR2 || addr.isBlankIp() || addr.port() == 0) {
            throw Failure.usage("cannot connect to " + addr + ": not a v2 address with IP and port");
        }
    }

    private static Limits limits(Duration timeout) {
        Limits.Timeouts base = Limits.defaults().timeouts();
        return Limits.defaults()
                .withTimeouts(new Limits.Timeouts(
                        timeout,
                        base.idle(),
                        timeout,
                        base.backoffInitial(),
                        base.backoffMax(),
                        base.standby(),
                        CLOSE_MAX));
    }

    Connection connection() {
        return connection;
    }

    ConnectionInfo info() {
        return info;
    }

    /** For what dials again when the connection is lost. */
    Messenger messenger() {
        return messenger;
    }

    MessengerStats stats() {
        return messenger.stats();
    }

    String transportName() {
        return messenger.transportName();
    }

    /**
     * Waits for something that the peer has to answer.
     *
     * @param failed how the line begins if it does not
     */
    <T> T await(CompletionStage<T> answer, String failed) throws Failure, InterruptedException {
        return watch.await(answer, timeout, failed);
    }

    @Override
    public void close() {
        messenger.close();
    }

    /** Remembers the first fault of the only connection. */
    private static final class Watch implements Dispatcher {
        private final CompletableFuture<ProtocolException> fault = new CompletableFuture<>();

        @Override
        public void onEvent(Connection connection, SessionEvent event) {
            if (event instanceof SessionEvent.AttemptFailed failed) {
                fault.complete(failed.cause());
            } else if (event instanceof SessionEvent.Reset reset) {
                fault.complete(reset.cause());
            }
        }

        <T> T await(CompletionStage<T> answer, Duration timeout, String failed) throws Failure, InterruptedException {
            CompletableFuture<T> faulted = fault.thenCompose(CompletableFuture::failedFuture);
            CompletableFuture<T> first = answer.toCompletableFuture().applyToEither(faulted, value -> value);
            try {
                return first.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw Failure.of(failed + ": no answer within " + Converters.toString(timeout), e);
            } catch (ExecutionException e) {
                throw Failure.of(failed + ": " + Faults.root(e), e);
            }
        }
    }
}
