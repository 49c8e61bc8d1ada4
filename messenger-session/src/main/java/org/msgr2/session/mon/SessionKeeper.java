package org.msgr2.session.mon;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.mon.MonSubscribe;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.auth.cephx.AuthReplyMessage;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.TicketRenewal;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Messenger;
import org.msgr2.session.SendResult;
import org.msgr2.session.transport.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the one session of a {@link MonClient}: has a monitor hunted for while there is none, asks it for its map, believes it
 * or not, sends what is due, and begins again when the session ends. Changes in {@link #steps} only: but for the few that say
 * otherwise, all methods are to be called within one.
 */
final class SessionKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(MonClient.class);

    /** Something may have become due that nobody tells us of: the time of day was set. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(10);

    static final String MONMAP = "monmap";
    static final String NOT_STARTED = "the client of the monitors is not started";

    private enum State {
        /** There is no messenger yet. */
        NEW,
        /** There is no session; monitors are dialled. */
        HUNTING,
        /** Logged in; the monitor has not told its map yet. */
        OPENING,
        OPEN,
        CLOSED
    }

    private final MonClientConfig config;
    private final @Nullable CephxClient cephx;
    private final Steps steps = new Steps(this::pump);
    private final CommandTable commands;
    private final ServiceKeys keys = new ServiceKeys(steps);
    private final Subscriptions subscriptions = new Subscriptions();
    private final ReadyStage ready = new ReadyStage(steps);
    private State state = State.NEW;
    private @Nullable Messenger messenger;
    private @Nullable Hunter hunter;
    private Loop.@Nullable Timer timer;
    private @Nullable MonSession session;
    private @Nullable MonMap map;

    /** Once until the next session: the hunt goes on. */
    private boolean refusalLogged;

    private long sessions;
    private long attemptsFailed;
    private long renewals;
    private long keysFetched;

    SessionKeeper(MonClientConfig config, @Nullable CephxClient cephx) {
        this.config = config;
        this.cephx = cephx;
        this.commands = new CommandTable(config.commandsMax(), config.commandBytesMax());
        subscriptions.want(new MonSubscribe.Item(MONMAP, 0, false));
    }

    /** From any thread. */
    Steps steps() {
        return steps;
    }

    void start(Messenger on) {
        if (messenger != null) {
            throw new IllegalStateException("started already");
        }
        messenger = on;
        steps.workers(on.workers());
        hunter = new Hunter(config, on, cephx, steps, new HuntOutcome());
        keys.start(now());
        state = State.HUNTING;
        hunter.begin(now());
    }

    boolean isStarted() {
        return messenger != null;
    }

    State state() {
        return state;
    }

    CommandTable commands() {
        return commands;
    }

    ServiceKeys keys() {
        return keys;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    ReadyStage ready() {
        return ready;
    }

    /** The newest that a monitor told. */
    @Nullable MonMap map() {
        return map;
    }

    /** The one that there is, though its monitor may not have told its map yet. */
    @Nullable MonSession session() {
        return session;
    }

    /** The one whose monitor has told its map. */
    Optional<Connection> open() {
        return state == State.OPEN && session != null ? Optional.of(session.connection()) : Optional.empty();
    }

    MonClientStats stats() {
        return new MonClientStats(sessions, attemptsFailed, renewals, keysFetched, commands.size());
    }

    Limits limits() {
        return known(messenger).config().limits();
    }

    /** An attempt to dial has failed, be it ours or not. */
    void attemptFailed(Connection connection, ProtocolException cause) {
        if (hunter != null) {
            hunter.attemptFailed(connection, cause);
        }
    }

    /** A connection has ended, be it ours or not. */
    void ended(Connection connection, ProtocolException cause) {
        if (session != null && session.is(connection)) {
            lost(session, cause, null);
        } else if (hunter != null) {
            hunter.failed(connection, cause);
        }
    }

    /** Makes a step with the session, if it is on that connection. From any thread. */
    void ofSession(Connection connection, Consumer<MonSession> change) {
        steps.run(() -> {
            MonSession current = session;
            if (current != null && current.is(connection)) {
                change.accept(current);
            }
        });
    }

    private void pump() {
        if (messenger == null) {
            return;
        }
        if (messenger.isClosed()) {
            end("the messenger is closed");
            return;
        }
        long nowNs = now();
        commands.expire(nowNs).forEach(command -> fail(command, "no answer within " + config.commandTimeout(), null));
        keys.pump(nowNs);
        if (session != null) {
            pump(session, nowNs);
        }
        if (state == State.OPEN && session != null) {
            subscribe(session);
            sendCommands(session);
        }
        known(hunter).pump(nowNs);
        arm(nowNs);
    }

    private void pump(MonSession current, long nowNs) {
        if (keys.areWanted(nowNs) && current.auth() != null) {
            current.auth().wantKeys();
        }
        boolean asked = current.asksForKeys();
        ProtocolException fault = current.pump(nowNs, map == null ? 0 : map.epoch());
        if (fault != null) {
            giveUp(current, fault, null);
            return;
        }
        if (!asked && current.asksForKeys()) {
            keys.asked(nowNs);
        }
        if (current.pingDue(nowNs)) {
            Connection connection = current.connection();
            steps.afterwards(() ->
                    connection.ping().thenRun(() -> ofSession(connection, alive -> alive.pingAnswered(now()))));
        }
    }

    private void arm(long nowNs) {
        if (timer != null) {
            timer.cancel();
        }
        Duration idle = keys.idle(nowNs, known(hunter).idle(nowNs, commands.idle(nowNs, IDLE_MAX)));
        if (session != null) {
            idle = session.idle(nowNs, known(messenger).config().clock().instant(), idle);
        }
        try {
            timer = known(messenger).loop().schedule(() -> steps.run(() -> {}), nowNs + idle.toNanos());
        } catch (RejectedExecutionException e) {
            end("the messenger is closed");
        }
    }

    long now() {
        return known(messenger).loop().nanoTime();
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException(NOT_STARTED);
        }
        return value;
    }

    // --- The way to a session

    private final class HuntOutcome implements Hunter.Outcome {
        @Override
        public void found(Connection connection, ConnectionInfo info) {
            TicketRenewal renewal =
                    cephx == null ? null : cephx.renewal(info.auth()).orElse(null);
            MonSession found = new MonSession(connection, info, renewal, config, now());
            session = found;
            state = State.OPENING;
            found.askForMap();
            ProtocolException gone = new ProtocolException(FaultKind.TRANSPORT, "the connection has ended");
            steps.afterwards(() ->
                    connection.closed().thenRun(() -> ofSession(connection, current -> lost(current, gone, null))));
        }

        @Override
        public void missed(ProtocolException cause) {
            attemptsFailed++;
            LOG.debug("no session with a monitor: {}", cause.getMessage());
        }

        @Override
        public void refused(ProtocolException why) {
            if (!refusalLogged) {
                refusalLogged = true;
                LOG.warn("the monitors refuse us, and are asked again and again: {}", why.getMessage());
            }
            ready.refused(why);
        }
    }

    void learned(MonSession current, MonMap told) {
        if (map != null && !map.fsid().equals(told.fsid())) {
            ProtocolException other = new ProtocolException(
                    FaultKind.SEQUENCE, "a monitor of cluster " + told.fsid() + ", ours is " + map.fsid());
            giveUp(current, other.fromPeer(current.connection().peerAddr().toString()), null);
            return;
        }
        if (map == null || told.epoch() >= map.epoch()) {
            map = told;
            known(hunter).learned(told);
            subscriptions.received(MONMAP, told.epoch());
        }
        ProtocolException stranger = current.mismatch(map);
        if (stranger != null) {
            giveUp(current, stranger, state == State.OPENING ? stranger : null);
        } else if (state == State.OPENING) {
            state = State.OPEN;
            sessions++;
            refusalLogged = false;
            current.open();
            known(hunter).opened();
            subscriptions.newSession();
            LOG.info("session with the monitor at {}", current.connection().peerAddr());
            ready.opened(map);
        }
    }

    // --- The end of a session

    /**
     * The session is of no use any more.
     *
     * @param conclusive why another one with this monitor would not be either
     */
    void giveUp(MonSession current, ProtocolException cause, @Nullable ProtocolException conclusive) {
        current.connection().markDown();
        lost(current, cause, conclusive);
    }

    private void lost(MonSession current, ProtocolException cause, @Nullable ProtocolException conclusive) {
        LOG.info("no session with a monitor any more: {}", cause.getMessage());
        session = null;
        state = State.HUNTING;
        ready.lost();
        keys.endSession();
        commands.endSession()
                .forEach(command -> fail(command, "the session ended before the answer: " + cause.getMessage(), cause));
        known(hunter).lost(current.ageNs(now()), conclusive, now());
    }

    void end(String why) {
        state = State.CLOSED;
        steps.close();
        session = null;
        if (hunter != null) {
            hunter.close();
        }
        if (timer != null) {
            timer.cancel();
        }
        IllegalStateException closed = new IllegalStateException(why);
        commands.clear().forEach(command -> fail(command, why, closed));
        keys.close(closed);
        ready.closed(closed);
    }

    // --- On the session

    void authReply(MonSession current, AuthReplyMessage reply) {
        AuthExchange.Answer answer;
        try {
            answer = known(current.auth()).reply(reply, now());
        } catch (ProtocolException e) {
            giveUp(current, e.fromPeer(current.connection().peerAddr().toString()), null);
            return;
        }
        if (answer instanceof AuthExchange.Answer.Tickets) {
            renewals++;
        } else if (answer instanceof AuthExchange.Answer.Keys got) {
            keysFetched++;
            keys.answered(got.secrets());
        } else if (answer instanceof AuthExchange.Answer.NoKeys none) {
            keys.refused(none.why());
        } else if (answer instanceof AuthExchange.Answer.Later later) {
            LOG.warn("tickets are not renewed now: the monitor answers {}", Errno.toString(later.result()));
        }
    }

    private void subscribe(MonSession current) {
        MonSubscribe wishes = subscriptions.unsent();
        if (wishes != null && current.subscribe(wishes)) {
            subscriptions.sent();
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

    void answered(long tid, MonCommandResult result) {
        CommandTable.Pending command = commands.answered(tid);
        if (command != null) {
            steps.afterwards(() -> command.result.complete(result));
        }
    }

    private void fail(CommandTable.Pending command, String why, @Nullable Throwable cause) {
        MonCommandException failure = new MonCommandException(why, command.wasSent(), cause);
        steps.afterwards(() -> command.result.completeExceptionally(failure));
    }
}
