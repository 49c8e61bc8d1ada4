package org.msgr2.session.mon;

import io.netty.buffer.ByteBufUtil;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonCommandAck;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.mon.MonSubscribe;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.cephx.AuthReplyMessage;
import org.msgr2.crypto.auth.cephx.AuthorizerVerifier;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.RotatingKeySource;
import org.msgr2.crypto.auth.cephx.RotatingSecrets;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.SessionEvent;

/**
 * What a program keeps for its life in a cluster: one session with one of the monitors, and what comes over it (spec/msgr2
 * §3.13): their map, answers to commands, tickets that are renewed before they expire (§3.8), rotating keys for a service.
 * When the session ends it looks for another monitor, without being asked and without end: three at a time ({@link HuntConfig}),
 * and all of them again after 200 ms at first and 15 s later ({@link org.msgr2.core.wire.Limits.Timeouts}).
 *
 * <pre>{@code
 * MonClient monitors = new MonClient(MonClientConfig.of(addresses), cephx);
 * Messenger messenger = Messenger.builder("client.me").auth(...).dispatcher(monitors).build();
 * monitors.start(messenger);
 * monitors.ready().thenAccept(map -> ...);
 * }</pre>
 *
 * <p>As a dispatcher it takes from its own session what it has asked for: maps of the monitors, answers to its commands and
 * to its requests for tickets. Everything else goes on to the dispatchers behind it, and every other connection is none of
 * its business; but the messenger's connections to monitors are all this client's, which closes those that it does not need.
 *
 * <p>Thread-safe; never blocks. Stages complete on worker threads of the messenger.
 */
public final class MonClient implements Dispatcher {
    private static final String CLOSED = "the client of the monitors is closed";

    private final MonClientConfig config;
    private final @Nullable CephxClient cephx;
    private final SessionKeeper keeper;
    private final Steps steps;

    /** For a cluster without cephx: there are no tickets to keep. */
    public MonClient(MonClientConfig config) {
        this(config, null);
    }

    /** @param cephx the same that the messenger authenticates with, whose tickets are kept fresh */
    public MonClient(MonClientConfig config, @Nullable CephxClient cephx) {
        this.cephx = cephx;
        this.keeper = new SessionKeeper(config, cephx);
        this.steps = keeper.steps();
        this.config = config;
    }

    // --- For the application

    /**
     * Begins to look for a monitor. Once.
     *
     * @param on the messenger that this is a dispatcher of. Closing it ends this, too
     */
    public void start(Messenger on) {
        steps.run(() -> keeper.start(on));
    }

    /**
     * Completes with the monitors' map when there is a session, at once if there is one. Fails if every monitor was tried and
     * one of them refused us for good, as with a wrong key. The client goes on trying all the same: ask again to wait for
     * that. While no monitor can be reached it does not complete: bound the wait.
     */
    public CompletionStage<MonMap> ready() {
        return steps.read(() -> keeper.ready().get());
    }

    /** The newest map that a monitor told; kept when the session ends. */
    public Optional<MonMap> monMap() {
        return steps.read(() -> Optional.ofNullable(keeper.map()));
    }

    /**
     * The session, while there is one: for messages of the application's own, but for commands, whose answers are told apart
     * by a tid that this client gives. It ends with this client.
     */
    public Optional<Connection> session() {
        return steps.read(keeper::open);
    }

    /**
     * Has the monitors tell of something, and of its changes: {@code config}, {@code osdmap}. What they tell goes on to the
     * dispatchers behind this one. Every new session asks for it again, of whichever monitor it is with: say with {@link
     * #received} how far you have come, or it begins again with {@code start}.
     *
     * @param what asked for already: this takes its place
     * @param start the first epoch of interest; 0 for what has no epochs
     * @throws IllegalArgumentException for {@code monmap}, which this client asks for by itself
     * @throws IllegalStateException if there are 64 subscriptions already, or this client is closed
     */
    public void subscribe(String what, long start) {
        subscribe(new MonSubscribe.Item(what, start, false));
    }

    /** The same for one answer only: it is asked for again until it is {@link #received}. */
    public void subscribeOnce(String what, long start) {
        subscribe(new MonSubscribe.Item(what, start, true));
    }

    private void subscribe(MonSubscribe.Item item) {
        if (item.what().equals(SessionKeeper.MONMAP)) {
            throw new IllegalArgumentException("the client of the monitors asks for their map itself");
        }
        boolean open = steps.run(() -> {
            if (!keeper.subscriptions().want(item)) {
                throw new IllegalStateException("more than " + Subscriptions.MAX + " subscriptions");
            }
        });
        if (!open) {
            throw new IllegalStateException(CLOSED);
        }
    }

    /**
     * What was subscribed to has come: the next session asks for what follows.
     *
     * @param epoch of what has come
     */
    public void received(String what, long epoch) {
        steps.run(() -> keeper.subscriptions().received(what, epoch));
    }

    /** From the next session on it is not asked for any more. */
    public void unsubscribe(String what) {
        steps.run(() -> keeper.subscriptions().forget(what));
    }

    /** {@link #command(List, Opaque)} without input. */
    public CompletionStage<MonCommandResult> command(List<String> words) {
        return command(words, Opaque.EMPTY);
    }

    /**
     * Has a monitor run a command; waits for a session first if there is none. A command that was sent is never sent again:
     * if the session ends before the answer, only the caller can know whether it does harm twice.
     *
     * @param words by custom one word of JSON with a {@code prefix}
     * @param input what goes with the command; may be empty
     * @return an answer, be it an error; fails with a {@link MonCommandException} if there is none
     */
    public CompletionStage<MonCommandResult> command(List<String> words, Opaque input) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a command has at least one word");
        }
        CompletableFuture<MonCommandResult> result = new CompletableFuture<>();
        boolean open = steps.run(() -> {
            if (!keeper.isStarted()) {
                result.completeExceptionally(new MonCommandException(SessionKeeper.NOT_STARTED, false, null));
            } else if (!keeper.commands()
                    .add(words, input, keeper.now() + config.commandTimeout().toNanos(), result)) {
                result.completeExceptionally(
                        new MonCommandException("too many commands wait for their answers", false, null));
            }
        });
        if (!open) {
            result.completeExceptionally(new MonCommandException(CLOSED, false, null));
        }
        return result.minimalCompletionStage();
    }

    /**
     * Fetches the keys of the service that this node is, by its entity type, over the session (spec/msgr2 §3.8). A fetch fails
     * after 10 s without an answer, and at once if the monitor refuses it.
     *
     * @throws IllegalStateException without cephx
     */
    public RotatingKeySource rotatingKeys() {
        if (cephx == null) {
            throw new IllegalStateException("rotating keys belong to cephx, which this client has not");
        }
        return this::fetchKeys;
    }

    private CompletionStage<RotatingSecrets> fetchKeys(Duration delay) {
        CompletableFuture<RotatingSecrets> result = new CompletableFuture<>();
        boolean open = steps.run(() -> {
            if (!keeper.isStarted()) {
                result.completeExceptionally(new IllegalStateException(SessionKeeper.NOT_STARTED));
            } else if (!keeper.keys().fetch(keeper.now() + delay.toNanos(), result)) {
                result.completeExceptionally(new IllegalStateException("too many wait for rotating keys"));
            }
        });
        if (!open) {
            result.completeExceptionally(new IllegalStateException(CLOSED));
        }
        return result.minimalCompletionStage();
    }

    /**
     * Has the verifier look after its keys about every second, from {@link #start} on.
     *
     * @param verifier whose source is {@link #rotatingKeys}
     */
    public void keepFresh(AuthorizerVerifier verifier) {
        steps.run(() -> keeper.keys().keepFresh(verifier));
    }

    public MonClientStats stats() {
        return steps.read(keeper::stats);
    }

    /**
     * Ends the session and everything that waits, for good. The messenger stays.
     *
     * @return completes when the session has ended
     */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        boolean open = steps.run(() -> {
            MonSession last = keeper.session();
            keeper.end(CLOSED);
            if (last == null) {
                ended.complete(null);
            } else {
                steps.afterwards(() -> last.connection().close().thenRun(() -> ended.complete(null)));
            }
        });
        if (!open) {
            ended.complete(null);
        }
        return ended.minimalCompletionStage();
    }

    // --- From the messenger

    @Override
    public boolean dispatch(Connection connection, Message message) {
        if (!takes(connection, message)) {
            return false;
        }
        try {
            if (message.is(MessageType.MON_MAP)) {
                MonMap told = MonMap.of(message, steps.read(keeper::limits));
                keeper.ofSession(connection, current -> keeper.learned(current, told));
            } else if (message.is(MessageType.AUTH_REPLY)) {
                AuthReplyMessage reply = AuthReplyMessage.read(message.front().duplicate());
                keeper.ofSession(connection, current -> keeper.authReply(current, reply));
            } else {
                MonCommandAck ack =
                        MonCommandAck.read(new WireReader(message.front().duplicate()));
                MonCommandResult result = new MonCommandResult(
                        ack.result(), ack.status(), Opaque.copyOf(ByteBufUtil.getBytes(message.data())));
                long tid = message.tid();
                keeper.ofSession(connection, current -> keeper.answered(tid, result));
            }
        } catch (ProtocolException e) {
            keeper.ofSession(connection, current -> keeper.giveUp(current, e, null));
        }
        return true;
    }

    private boolean takes(Connection connection, Message message) {
        return steps.read(() -> {
            MonSession current = keeper.session();
            return current != null
                    && current.is(connection)
                    && (message.is(MessageType.MON_MAP)
                            || (message.is(MessageType.AUTH_REPLY) && current.auth() != null)
                            || (message.is(MessageType.MON_COMMAND_ACK)
                                    && keeper.commands().isOurs(message.tid())));
        });
    }

    @Override
    public void onEvent(Connection connection, SessionEvent event) {
        if (event instanceof SessionEvent.AttemptFailed failed) {
            if (connection.peerType() == EntityType.MON) {
                steps.run(() -> keeper.attemptFailed(connection, failed.cause()));
            } else if (failed.cause().kind() == FaultKind.AUTH) {
                // A ticket may have been refused: the step looks whether another one is due.
                steps.run(() -> {});
            }
        } else if (event instanceof SessionEvent.Discarded discarded) {
            keeper.ofSession(connection, current -> keeper.commands().discarded(discarded));
        } else if (event instanceof SessionEvent.Reset reset) {
            steps.run(() -> keeper.ended(connection, reset.cause()));
        } else if (event instanceof SessionEvent.Writable) {
            keeper.ofSession(connection, current -> {});
        }
    }

    /** What it is about, no secrets. */
    @Override
    public String toString() {
        return steps.read(() -> "client of the monitors, " + keeper.state());
    }
}
