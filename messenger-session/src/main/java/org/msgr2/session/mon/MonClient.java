package org.msgr2.session.mon;

import io.netty.buffer.ByteBufUtil;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonCommandAck;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.auth.cephx.AuthReplyMessage;
import org.msgr2.crypto.auth.cephx.AuthorizerVerifier;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.RotatingKeySource;
import org.msgr2.crypto.auth.cephx.RotatingSecrets;
import org.msgr2.crypto.auth.cephx.TicketRenewal;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.SendResult;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.transport.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a program keeps for its life in a cluster: one session with one of the monitors, and what comes over it (spec/msgr2
 * §3.13): their map, answers to commands, tickets that are renewed before they expire (§3.8), rotating keys for a service.
 * When the session ends it looks for another monitor, without being asked and without end, at most every 200 ms at first and
 * every 15 s later ({@link org.msgr2.core.wire.Limits.Timeouts}).
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
 * its business.
 *
 * <p>Thread-safe; never blocks. Stages complete on worker threads of the messenger.
 */
public final class MonClient implements Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(MonClient.class);

    /** Something may have become due that nobody tells us of: the time of day was set. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(10);

    /** A service asks for its keys at most that often (spec/msgr2 §3.11), so it need not be looked after more often. */
    private static final Duration VERIFIERS_INTERVAL = Duration.ofSeconds(1);

    private static final String CLOSED = "the client of the monitors is closed";
    private static final String NOT_STARTED = "the client of the monitors is not started";

    private enum State {
        /** There is no messenger yet. */
        NEW,
        /** The next monitor is dialled when its time has come. */
        WAITING,
        DIALING,
        /** Logged in; the monitor has not told its map yet. */
        OPENING,
        OPEN,
        CLOSED
    }

    private final MonClientConfig config;
    private final @Nullable CephxClient cephx;

    // All that follows is guarded by this. What may call the application waits in "afterwards" until the lock is free.
    private final List<Runnable> afterwards = new ArrayList<>();
    private final List<AuthorizerVerifier> verifiers = new ArrayList<>();
    private final CommandTable commands;
    private final KeyFetches keyFetches = new KeyFetches();
    private State state = State.NEW;
    private @Nullable Messenger messenger;
    private @Nullable Hunt hunt;
    private Loop.@Nullable Timer timer;
    private @Nullable MonSession session;
    private @Nullable MonMap map;
    private CompletableFuture<MonMap> ready = new CompletableFuture<>();

    /** The login that is under way claims the id of the one before: its refusal may be about that only. */
    private boolean reclaiming;

    /** Once until the next session: the rounds go on. */
    private boolean refusalLogged;

    private long dialAtNs;
    private long verifiersAtNs;
    private long sessions;
    private long attemptsFailed;
    private long renewals;
    private long keysFetched;

    /** For a cluster without cephx: there are no tickets to keep. */
    public MonClient(MonClientConfig config) {
        this(config, null);
    }

    /** @param cephx the same that the messenger authenticates with, whose tickets are kept fresh */
    public MonClient(MonClientConfig config, @Nullable CephxClient cephx) {
        this.config = config;
        this.cephx = cephx;
        this.commands = new CommandTable(config.commandsMax(), config.commandBytesMax());
    }

    // --- For the application

    /**
     * Begins to look for a monitor. Once.
     *
     * @param on the messenger that this is a dispatcher of. Closing it ends this, too
     */
    public void start(Messenger on) {
        step(() -> {
            if (messenger != null) {
                throw new IllegalStateException("started already");
            }
            messenger = on;
            hunt = new Hunt(
                    config.monitors(),
                    on.config().limits().timeouts(),
                    on.config().entropy());
            verifiersAtNs = now();
            waitToDial(0);
        });
    }

    /**
     * Completes with the monitors' map when there is a session, at once if there is one. Fails if every monitor was tried and
     * one of them refused us for good, as with a wrong key. The client goes on trying all the same: ask again to wait for
     * that. While no monitor can be reached it does not complete: bound the wait.
     */
    public synchronized CompletionStage<MonMap> ready() {
        return ready.minimalCompletionStage();
    }

    /** The newest map that a monitor told; kept when the session ends. */
    public synchronized Optional<MonMap> monMap() {
        return Optional.ofNullable(map);
    }

    /**
     * The session, while there is one: for messages of the application's own, but for commands, whose answers are told apart
     * by a tid that this client gives. It ends with this client.
     */
    public synchronized Optional<Connection> session() {
        return state == State.OPEN && session != null ? Optional.of(session.connection()) : Optional.empty();
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
        boolean open = step(() -> {
            if (messenger == null) {
                result.completeExceptionally(new MonCommandException(NOT_STARTED, false, null));
            } else if (!commands.add(
                    words, input, now() + config.commandTimeout().toNanos(), result)) {
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
        boolean open = step(() -> {
            if (messenger == null) {
                result.completeExceptionally(new IllegalStateException(NOT_STARTED));
            } else if (!keyFetches.add(now() + delay.toNanos(), result)) {
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
        step(() -> {
            if (verifiers.size() >= KeyFetches.MAX) {
                throw new IllegalStateException("more than " + KeyFetches.MAX + " verifiers");
            }
            verifiers.add(verifier);
        });
    }

    public synchronized MonClientStats stats() {
        return new MonClientStats(sessions, attemptsFailed, renewals, keysFetched, commands.size());
    }

    /**
     * Ends the session and everything that waits, for good. The messenger stays.
     *
     * @return completes when the session has ended
     */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        boolean open = step(() -> {
            MonSession last = session;
            end(CLOSED);
            if (last == null) {
                ended.complete(null);
            } else {
                afterwards.add(() -> last.connection().close().thenRun(() -> ended.complete(null)));
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
                MonMap told = MonMap.of(message, limits());
                ofSession(connection, current -> learned(current, told));
            } else if (message.is(MessageType.AUTH_REPLY)) {
                AuthReplyMessage reply = AuthReplyMessage.read(message.front().duplicate());
                ofSession(connection, current -> authReply(current, reply));
            } else {
                MonCommandAck ack =
                        MonCommandAck.read(new WireReader(message.front().duplicate()));
                MonCommandResult result = new MonCommandResult(
                        ack.result(), ack.status(), Opaque.copyOf(ByteBufUtil.getBytes(message.data())));
                long tid = message.tid();
                ofSession(connection, current -> answered(tid, result));
            }
        } catch (ProtocolException e) {
            ofSession(connection, current -> giveUp(current, e));
        }
        return true;
    }

    private synchronized boolean takes(Connection connection, Message message) {
        if (session == null || !session.is(connection)) {
            return false;
        }
        return message.is(MessageType.MON_MAP)
                || (message.is(MessageType.AUTH_REPLY) && session.auth() != null)
                || (message.is(MessageType.MON_COMMAND_ACK) && commands.isOurs(message.tid()));
    }

    private synchronized Limits limits() {
        return known(messenger).config().limits();
    }

    @Override
    public void onEvent(Connection connection, SessionEvent event) {
        if (event instanceof SessionEvent.AttemptFailed failed) {
            if (connection.peerType() == EntityType.MON) {
                ofSession(connection, current -> attemptFailed(current, failed.cause()));
            } else if (failed.cause().kind() == FaultKind.AUTH) {
                // A ticket may have been refused: the step looks whether another one is due.
                step(() -> {});
            }
        } else if (event instanceof SessionEvent.Discarded discarded) {
            ofSession(connection, current -> commands.discarded(discarded));
        } else if (event instanceof SessionEvent.Reset reset) {
            ofSession(connection, current -> gone(current, reset.cause()));
        } else if (event instanceof SessionEvent.Writable) {
            ofSession(connection, current -> {});
        }
    }

    // --- Steps

    /**
     * Changes the state, does what has become due, and then, without the lock, what may call the application.
     *
     * @return false if this client is closed: nothing was done
     */
    private boolean step(Runnable change) {
        List<Runnable> after;
        Messenger on;
        synchronized (this) {
            if (state == State.CLOSED) {
                return false;
            }
            change.run();
            if (state != State.CLOSED && state != State.NEW) {
                pump();
            }
            after = List.copyOf(afterwards);
            afterwards.clear();
            on = messenger;
        }
        if (!after.isEmpty()) {
            runOnWorker(on, () -> after.forEach(Runnable::run));
        }
        return true;
    }

    private static void runOnWorker(@Nullable Messenger on, Runnable task) {
        if (on == null) {
            task.run();
            return;
        }
        try {
            on.workers().execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // the messenger is closed: there are no workers any more
        }
    }

    private void ofSession(Connection connection, Consumer<MonSession> change) {
        step(() -> {
            MonSession current = session;
            if (current != null && current.is(connection)) {
                change.accept(current);
            }
        });
    }

    private void pump() {
        long nowNs = now();
        commands.expire(nowNs).forEach(command -> fail(command, "no answer within " + config.commandTimeout(), null));
        keyFetches
                .expire(nowNs)
                .forEach(fetch -> fail(fetch, new IllegalStateException("no answer to a request for rotating keys")));
        if (state == State.WAITING && nowNs - dialAtNs >= 0) {
            dial();
        }
        MonSession current = session;
        if (current != null && (state == State.OPENING || state == State.OPEN)) {
            if (keyFetches.isDue(nowNs) && current.auth() != null) {
                current.auth().wantKeys();
            }
            boolean asked = current.asksForKeys();
            ProtocolException fault = current.pump(nowNs, map == null ? 0 : map.epoch());
            if (fault != null) {
                giveUp(current, fault);
            } else {
                if (!asked && current.asksForKeys()) {
                    keyFetches.asked(nowNs);
                }
                keepAlive(current, nowNs);
            }
        }
        if (state == State.OPEN && session != null) {
            sendCommands(session);
        }
        if (state != State.CLOSED && !verifiers.isEmpty() && nowNs - verifiersAtNs >= 0) {
            verifiersAtNs = nowNs + VERIFIERS_INTERVAL.toNanos();
            List<AuthorizerVerifier> due = List.copyOf(verifiers);
            afterwards.add(() -> due.forEach(AuthorizerVerifier::refreshIfDue));
        }
        if (state != State.CLOSED) {
            arm(nowNs);
        }
    }

    private void keepAlive(MonSession current, long nowNs) {
        if (current.pingDue(nowNs)) {
            Connection connection = current.connection();
            afterwards.add(() -> connection.ping().thenRun(() -> ofSession(connection, MonSession::pingAnswered)));
        }
    }

    private void arm(long nowNs) {
        if (timer != null) {
            timer.cancel();
        }
        Duration idle = commands.idle(nowNs, keyFetches.idle(nowNs, IDLE_MAX));
        if (state == State.WAITING) {
            idle = shorter(idle, Duration.ofNanos(Math.max(0, dialAtNs - nowNs)));
        }
        if (!verifiers.isEmpty()) {
            idle = shorter(idle, Duration.ofNanos(Math.max(0, verifiersAtNs - nowNs)));
        }
        if (session != null && (state == State.OPENING || state == State.OPEN)) {
            idle = session.idle(nowNs, known(messenger).config().clock().instant(), idle);
        }
        try {
            timer = known(messenger).loop().schedule(() -> step(() -> {}), nowNs + idle.toNanos());
        } catch (RejectedExecutionException e) {
            end("the messenger is closed");
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private long now() {
        return known(messenger).loop().nanoTime();
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException(NOT_STARTED);
        }
        return value;
    }

    // --- The way to a session

    private void waitToDial(long waitNs) {
        state = State.WAITING;
        dialAtNs = now() + waitNs;
    }

    private void dial() {
        Messenger on = known(messenger);
        if (on.isClosed()) {
            end("the messenger is closed");
            return;
        }
        EntityAddr monitor = known(hunt).next();
        Connection connection;
        try {
            connection = on.connect(EntityType.MON, monitor);
        } catch (IllegalStateException e) {
            // It is being closed, or there is a connection to that address with other TLS settings.
            ProtocolException cause = new ProtocolException(FaultKind.TRANSPORT, String.valueOf(e.getMessage()), e);
            missed(cause.fromPeer(monitor.toString()), null);
            return;
        }
        state = State.DIALING;
        reclaiming = cephx != null && cephx.globalId() != 0;
        session = new MonSession(connection, config);
        afterwards.add(() -> watch(connection));
    }

    private void watch(Connection connection) {
        connection.ready().thenAccept(info -> ofSession(connection, current -> loggedIn(current, info)));
        ProtocolException gone = new ProtocolException(FaultKind.TRANSPORT, "the connection has ended");
        connection.closed().thenRun(() -> ofSession(connection, current -> gone(current, gone)));
    }

    private void loggedIn(MonSession current, ConnectionInfo info) {
        if (state != State.DIALING) {
            return;
        }
        state = State.OPENING;
        TicketRenewal renewal = cephx != null && info.identity().method() == AuthMethod.CEPHX
                ? cephx.renewal().orElse(null)
                : null;
        current.loggedIn(renewal, now());
    }

    private void learned(MonSession current, MonMap told) {
        if (map != null && !map.fsid().equals(told.fsid())) {
            ProtocolException other = new ProtocolException(
                    FaultKind.SEQUENCE, "a monitor of cluster " + told.fsid() + ", ours is " + map.fsid());
            giveUp(current, other.fromPeer(current.connection().peerAddr().toString()));
            return;
        }
        if (map == null || told.epoch() >= map.epoch()) {
            map = told;
            known(hunt).learned(told);
        }
        if (state == State.OPENING) {
            state = State.OPEN;
            sessions++;
            refusalLogged = false;
            current.open(told.epoch());
            LOG.info("session with the monitor at {}", current.connection().peerAddr());
            MonMap newest = map;
            CompletableFuture<MonMap> waiting = ready;
            afterwards.add(() -> waiting.complete(newest));
        }
    }

    // --- The ends of sessions and of attempts

    private void attemptFailed(MonSession current, ProtocolException cause) {
        if (state == State.DIALING) {
            session = null;
            current.connection().markDown(); // or it would dial on
            boolean conclusive = cause.terminal() || (cause.kind() == FaultKind.AUTH && !reclaiming);
            missed(cause, conclusive ? cause : null);
        }
    }

    private void missed(ProtocolException cause, @Nullable ProtocolException conclusive) {
        attemptsFailed++;
        LOG.debug("no session with a monitor: {}", cause.getMessage());
        Hunt hunting = known(hunt);
        waitToDial(hunting.failed(conclusive));
        ProtocolException refusal = hunting.refusal();
        if (refusal != null && !ready.isDone()) {
            if (!refusalLogged) {
                refusalLogged = true;
                LOG.warn("the monitors refuse us, and are asked again and again: {}", refusal.getMessage());
            }
            CompletableFuture<MonMap> waiting = ready;
            ready = new CompletableFuture<>();
            afterwards.add(() -> waiting.completeExceptionally(refusal));
        }
    }

    /** The session has ended by itself. */
    private void gone(MonSession current, ProtocolException cause) {
        if (state == State.DIALING) {
            attemptFailed(current, cause);
        } else {
            lost(current, cause);
        }
    }

    /** The session is of no use any more. */
    private void giveUp(MonSession current, ProtocolException cause) {
        current.connection().markDown();
        lost(current, cause);
    }

    private void lost(MonSession current, ProtocolException cause) {
        LOG.info("no session with a monitor any more: {}", cause.getMessage());
        session = null;
        if (ready.isDone()) {
            ready = new CompletableFuture<>();
        }
        keyFetches.endSession();
        commands.endSession()
                .forEach(command -> fail(command, "the session ended before the answer: " + cause.getMessage(), cause));
        waitToDial(known(hunt).lost(current.ageNs(now())));
    }

    private void end(String why) {
        state = State.CLOSED;
        session = null;
        if (timer != null) {
            timer.cancel();
        }
        IllegalStateException closed = new IllegalStateException(why);
        commands.clear().forEach(command -> fail(command, why, closed));
        keyFetches.clear().forEach(fetch -> fail(fetch, closed));
        CompletableFuture<MonMap> waiting = ready;
        ready = CompletableFuture.failedFuture(closed);
        afterwards.add(() -> waiting.completeExceptionally(closed));
    }

    // --- On the session

    private void authReply(MonSession current, AuthReplyMessage reply) {
        AuthExchange.Answer answer;
        try {
            answer = known(current.auth()).reply(reply, now());
        } catch (ProtocolException e) {
            giveUp(current, e.fromPeer(current.connection().peerAddr().toString()));
            return;
        }
        if (answer instanceof AuthExchange.Answer.Tickets) {
            renewals++;
        } else if (answer instanceof AuthExchange.Answer.Keys keys) {
            keysFetched++;
            keyFetches.answered().forEach(fetch -> afterwards.add(() -> fetch.result.complete(keys.secrets())));
        } else if (answer instanceof AuthExchange.Answer.NoKeys none) {
            keyFetches.answered().forEach(fetch -> fail(fetch, none.why()));
        } else if (answer instanceof AuthExchange.Answer.Later later) {
            LOG.warn("tickets are not renewed now: the monitor answers {}", Errno.toString(later.result()));
        }
    }

    private void sendCommands(MonSession current) {
        for (CommandTable.Pending command = commands.nextUnsent(); command != null; command = commands.nextUnsent()) {
            SendResult result = current.send(command, known(map).fsid());
            switch (result.outcome()) {
                case ACCEPTED -> command.sent(result.number());
                case BACK_PRESSURED, CLOSED -> {
                    return; // there will be an event
                }
                case TOO_LARGE -> {
                    commands.remove(command);
                    fail(command, "the command or its input is larger than a message can be", null);
                }
            }
        }
    }

    private void answered(long tid, MonCommandResult result) {
        CommandTable.Pending command = commands.answered(tid);
        if (command != null) {
            afterwards.add(() -> command.result.complete(result));
        }
    }

    private void fail(CommandTable.Pending command, String why, @Nullable Throwable cause) {
        MonCommandException failure = new MonCommandException(why, command.wasSent(), cause);
        afterwards.add(() -> command.result.completeExceptionally(failure));
    }

    private void fail(KeyFetches.Fetch fetch, Exception why) {
        afterwards.add(() -> fetch.result.completeExceptionally(why));
    }

    /** What it is about, no secrets. */
    @Override
    public synchronized String toString() {
        return "client of the monitors, " + state;
    }
}
