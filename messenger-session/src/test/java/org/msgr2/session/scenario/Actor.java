package org.msgr2.session.scenario;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionStats;
import org.msgr2.session.HandshakeListener.End;
import org.msgr2.session.HandshakeListener.HandshakeEnded;
import org.msgr2.session.Messenger;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.FaultStream;
import org.msgr2.session.testing.FaultTransport;
import org.msgr2.session.testing.RecordingDispatcher;

/** One node of a scenario: a messenger, its network, and what it has heard. */
final class Actor {
    /** Of the messages that actors send each other. */
    static final int TYPE = 0x7c05;

    final FaultTransport net;
    final RecordingDispatcher heard = new RecordingDispatcher();
    final Messenger messenger;
    private final List<Connection> dialled = new ArrayList<>();
    private final List<HandshakeEnded> handshakesEnded = new ArrayList<>();
    private long sent;

    /** @param start builds the messenger, which tells {@link #heard} and {@link #handshakeEnded} */
    Actor(FaultTransport net, Function<Actor, Messenger> start) {
        this.net = net;
        this.messenger = start.apply(this);
    }

    void handshakeEnded(HandshakeEnded ended) {
        handshakesEnded.add(ended);
    }

    Connection dial(EntityType type, EntityAddr addr) {
        return dial(type, EntityAddrVec.of(addr));
    }

    Connection dial(EntityType type, EntityAddrVec addrs) {
        Connection connection = messenger.connect(type, addrs);
        if (!dialled.contains(connection)) {
            dialled.add(connection);
        }
        return connection;
    }

    /** The connection that lives, of whoever has begun it. */
    Connection session() {
        List<Connection> all = List.copyOf(messenger.connections());
        if (all.size() != 1) {
            throw new AssertionError("not one session but " + all);
        }
        return all.get(0);
    }

    /** Sends that many messages, numbered on from the last ones. */
    void send(Connection connection, int count) {
        for (int i = 0; i < count; i++) {
            sent++;
            // Some are passed on by reference, some are copied.
            byte[] front = new byte[sent % 3 == 0 ? 5000 : 20];
            Message message = Message.builder(TYPE)
                    .tid(sent)
                    .front(Unpooled.wrappedBuffer(front))
                    .build();
            if (!connection.send(message).accepted()) {
                message.release();
                throw new AssertionError("message " + sent + " is not accepted by " + connection);
            }
        }
    }

    /** The number of the last message. */
    long sent() {
        return sent;
    }

    // --- What has happened, counted from the frames

    /** Everything that it has dialled, as if it were one connection. */
    Counts conn() {
        List<FaultStream> streams = net.streams(true);
        return Counts.conn(
                net.attempts().size(),
                streams.stream().mapToInt(s -> s.written(Tag.CLIENT_IDENT)).sum(),
                streams.stream().mapToInt(s -> s.written(Tag.SESSION_RECONNECT)).sum(),
                heard.count(SessionEvent.Connected.class));
    }

    /**
     * Each socket that it has accepted, in order: what Ceph has a connection object for. A session counts with the socket that it
     * began on, though others may have carried it since; one that it had dialled counts with none.
     */
    List<Counts> accs() {
        List<FaultStream> streams = net.streams(false);
        Map<FaultStream, Integer> established = new LinkedHashMap<>();
        acceptedEvents().forEach((connection, events) -> {
            if (!dialled.contains(connection)) {
                established.put(beginning(connection, streams, established), events);
            }
        });
        return streams.stream()
                .map(s -> Counts.acc(
                        1, s.read(Tag.CLIENT_IDENT), s.read(Tag.SESSION_RECONNECT), established.getOrDefault(s, 0)))
                .toList();
    }

    /** How often each connection was accepted, or taken over; in the order in which they were for the first time. */
    Map<Connection, Integer> acceptedEvents() {
        Map<Connection, Integer> events = new LinkedHashMap<>();
        heard.log().stream()
                .filter(each -> each.what() instanceof SessionEvent.Accepted)
                .forEach(each -> events.merge(each.connection(), 1, Integer::sum));
        return events;
    }

    /** A server's connection is named after its first socket; another's begins where SERVER_IDENT was said first. */
    private static FaultStream beginning(
            Connection connection, List<FaultStream> streams, Map<FaultStream, Integer> taken) {
        @Nullable FaultStream named = streams.stream()
                .filter(s -> s.remoteAddr().equals(connection.peerAddr()))
                .findFirst()
                .orElse(null);
        return named != null
                ? named
                : streams.stream()
                        .filter(s -> s.written(Tag.SERVER_IDENT) > 0 && !taken.containsKey(s))
                        .findFirst()
                        .orElseThrow();
    }

    /** What became of each socket that it has accepted, in order; null of those that a session began on, or that are open. */
    List<@Nullable End> ends() {
        List<@Nullable End> ends = new ArrayList<>();
        for (FaultStream stream : net.streams(false)) {
            ends.add(handshakesEnded.stream()
                    .filter(ended -> ended.remote().equals(stream.remoteAddr()))
                    .map(HandshakeEnded::end)
                    .findFirst()
                    .orElse(null));
        }
        return ends;
    }

    /** Whether the only connection that it has dialled has counted what it did as the frames say. */
    boolean countsAsSeen() {
        if (dialled.size() != 1) {
            return true;
        }
        ConnectionStats own = dialled.get(0).stats();
        Counts seen = conn();
        return own.attempts() == seen.attempts()
                && own.clientIdentsSent() == seen.idents()
                && own.sessionReconnectsSent() == seen.reconnects()
                && own.established() == seen.established() + acceptedEvents().getOrDefault(dialled.get(0), 0)
                && own.remoteResets() == resets().remoteResets();
    }

    Resets resets() {
        return Resets.reset(heard.count(SessionEvent.Reset.class), heard.count(SessionEvent.RemoteReset.class));
    }

    int written(Tag tag) {
        return net.streams().stream().mapToInt(s -> s.written(tag)).sum();
    }

    int read(Tag tag) {
        return net.streams().stream().mapToInt(s -> s.read(tag)).sum();
    }
}
