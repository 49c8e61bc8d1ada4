package org.msgr2.session.mon;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.mon.MonSubscribe;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.cephx.AuthMessage;
import org.msgr2.crypto.auth.cephx.TicketRenewal;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.SendResult;

/** A connection to a monitor, and what a {@link MonClient} says on it. Guarded by its client's lock. */
final class MonSession {
    private final Connection connection;
    private final MonClientConfig config;
    private final MonitorIdentity identity;
    private final @Nullable AuthExchange auth;
    private final PingWatch ping;
    private final long loggedInNs;
    private boolean open;

    /**
     * The monitor let us in.
     *
     * @param renewal of this login; null without cephx
     */
    MonSession(
            Connection connection,
            ConnectionInfo info,
            @Nullable TicketRenewal renewal,
            MonClientConfig config,
            long nowNs) {
        this.connection = connection;
        this.config = config;
        this.identity = new MonitorIdentity(connection.peerAddr(), info.peerName());
        this.auth = renewal == null ? null : new AuthExchange(renewal, config.answerTimeout());
        this.ping = new PingWatch(config.pingInterval(), config.pingTimeout(), nowNs);
        this.loggedInNs = nowNs;
    }

    Connection connection() {
        return connection;
    }

    boolean is(Connection other) {
        return connection.equals(other);
    }

    /** Null without cephx. */
    @Nullable AuthExchange auth() {
        return auth;
    }

    /** Whether a request for rotating keys waits for its answer. */
    boolean asksForKeys() {
        return auth != null && auth.asksForKeys();
    }

    /** How long ago the login was. */
    long ageNs(long nowNs) {
        return nowNs - loggedInNs;
    }

    /** Whether the monitor is who the map says that it is. */
    @Nullable ProtocolException mismatch(MonMap map) {
        return identity.mismatch(map);
    }

    /** The first thing to ask a monitor for is its map (spec/msgr2 §3.13). */
    void askForMap() {
        send(Message.builder(MessageType.MON_GET_MAP), out -> {});
    }

    /** The map has come. */
    void open() {
        open = true;
    }

    /** @return false if there is no room in the queue now */
    boolean subscribe(MonSubscribe wishes) {
        return send(Message.builder(MessageType.MON_SUBSCRIBE).version(MonSubscribe.VERSION, 1), wishes::write);
    }

    /**
     * Sends what is due.
     *
     * @param epoch of our map; 0 if there is none
     * @return why the monitor is to be given up, if it is
     */
    @Nullable ProtocolException pump(long nowNs, long epoch) {
        if (!open && ageNs(nowNs) >= config.answerTimeout().toNanos()) {
            return silent("no map", config.answerTimeout());
        }
        if (ping.overdue(nowNs)) {
            return silent("no sign of life", config.pingTimeout());
        }
        if (auth == null) {
            return null;
        }
        if (auth.overdue(nowNs)) {
            return silent("no answer to a request for tickets", config.answerTimeout());
        }
        Opaque request = auth.poll(nowNs);
        if (request != null) {
            send(Message.builder(MessageType.AUTH), AuthMessage.of(request, (int) epoch)::write);
        }
        return null;
    }

    /** Whether a keepalive is to be sent now. */
    boolean pingDue(long nowNs) {
        return ping.poll(nowNs);
    }

    void pingAnswered(long nowNs) {
        ping.answered(nowNs);
    }

    private ProtocolException silent(String missing, Duration wait) {
        return new ProtocolException(FaultKind.TIMEOUT, missing + " within " + wait)
                .fromPeer(connection.peerAddr().toString());
    }

    /** Whoever does not get through with this runs into its timeout. */
    private boolean send(Message.Builder builder, Consumer<WireWriter> front) {
        Message message = builder.front(encoded(front)).build();
        boolean accepted = connection.send(message).accepted();
        if (!accepted) {
            message.release();
        }
        return accepted;
    }

    SendResult send(CommandTable.Pending command, UUID fsid) {
        Message message = Message.builder(MessageType.MON_COMMAND)
                .tid(command.tid)
                .front(encoded(new MonCommand(fsid, command.words)::write))
                .data(Unpooled.wrappedBuffer(command.input.toByteArray()))
                .build();
        SendResult result = connection.send(message);
        if (!result.accepted()) {
            message.release();
        }
        return result;
    }

    private static ByteBuf encoded(Consumer<WireWriter> body) {
        ByteBuf buffer = Unpooled.buffer();
        body.accept(new WireWriter(buffer));
        return buffer;
    }

    /** How long nothing needs to be done, or {@code atMost}. */
    Duration idle(long nowNs, Instant now, Duration atMost) {
        Duration idle = shorter(atMost, ping.idle(nowNs));
        if (!open) {
            idle = shorter(
                    idle, Duration.ofNanos(Math.max(0, config.answerTimeout().toNanos() - ageNs(nowNs))));
        }
        return auth == null ? idle : auth.idle(nowNs, now, idle);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
