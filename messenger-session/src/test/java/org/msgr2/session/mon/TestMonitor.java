package org.msgr2.session.mon;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.ElectionStrategy;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.mon.MonCommandAck;
import org.msgr2.core.mon.MonInfo;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.mon.MonSubscribe;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/** One monitor of several: does as a test wants, and keeps what it is asked. In virtual time. */
final class TestMonitor implements Dispatcher {
    final String name;
    final EntityAddr addr;

    /** When it was dialled. */
    final List<Duration> dialled = new ArrayList<>();

    final List<Connection> accepted = new ArrayList<>();
    final List<List<MonSubscribe.Item>> subscriptions = new ArrayList<>();
    final List<String> commands = new ArrayList<>();

    /** What it tells. */
    MonMap map;

    /** Hears nothing of what it is told; whoever dials it comes through, and no further. */
    boolean deaf;

    /** Commands are answered. */
    boolean obedient = true;

    /** From the proof to AUTH_DONE. */
    Duration loginTakes = Duration.ZERO;

    private final TestNetwork.Virtual network;
    private final Loop loop;

    TestMonitor(TestNetwork.Virtual network, String name, EntityAddr addr) {
        this.network = network;
        this.loop = network.time().newLoop();
        this.name = name;
        this.addr = addr;
        this.map = map(1, List.of(info(name, addr, 0, 0)));
    }

    // --- Maps

    static List<EntityAddr> addrs(int count) {
        List<EntityAddr> addrs = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            addrs.add(EntityAddr.parse("v2:10.0.0." + i + ":3300/0"));
        }
        return addrs;
    }

    static MonInfo info(String name, EntityAddr addr, int priority, int weight) {
        return new MonInfo(name, EntityAddrVec.of(addr), priority, weight, Map.of());
    }

    /** @param monitors in the order of their ranks */
    static MonMap map(long epoch, List<MonInfo> monitors) {
        return map(epoch, monitors, monitors.stream().map(MonInfo::name).toList());
    }

    static MonMap map(long epoch, List<MonInfo> monitors, List<String> ranks) {
        return new MonMap(
                TestCluster.FSID,
                epoch,
                UTime.ZERO,
                UTime.ZERO,
                0,
                0,
                monitors,
                ranks,
                LoneMonitor.MIN_RELEASE,
                Set.of(),
                ElectionStrategy.CLASSIC,
                Set.of(),
                false,
                "",
                Set.of());
    }

    /** Tells everybody who is there. */
    void tell(MonMap news) {
        map = news;
        accepted.forEach(this::sendMap);
    }

    /** Ends every session. */
    void hangUp() {
        accepted.forEach(Connection::markDown);
        accepted.clear();
    }

    // --- As a dispatcher

    @Override
    public boolean dispatch(Connection connection, Message message) {
        WireReader front = new WireReader(message.front().duplicate());
        try {
            if (message.is(MessageType.MON_GET_MAP)) {
                sendMap(connection);
            } else if (message.is(MessageType.MON_SUBSCRIBE)) {
                subscriptions.add(
                        MonSubscribe.read(front, message.header().version()).items());
            } else if (message.is(MessageType.MON_COMMAND)) {
                command(connection, message.tid(), MonCommand.read(front));
            } else {
                return false;
            }
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
        return true;
    }

    private void sendMap(Connection connection) {
        ByteBuf encoded = Unpooled.buffer();
        map.write(new WireWriter(encoded));
        send(
                connection,
                Message.builder(MessageType.MON_MAP),
                out -> out.u32(encoded.readableBytes()).bytes(encoded));
    }

    private void command(Connection connection, long tid, MonCommand command) {
        commands.add(command.words().get(0));
        if (obedient) {
            MonCommandAck ack = new MonCommandAck(0, name, command.words());
            send(connection, Message.builder(MessageType.MON_COMMAND_ACK).tid(tid), ack::write);
        }
    }

    private static void send(Connection connection, Message.Builder message, Consumer<WireWriter> front) {
        ByteBuf payload = Unpooled.buffer();
        front.accept(new WireWriter(payload));
        Message built = message.front(payload).build();
        if (!connection.send(built).accepted()) {
            built.release();
        }
    }

    @Override
    public void onEvent(Connection connection, SessionEvent event) {
        if (event instanceof SessionEvent.Accepted) {
            accepted.add(connection);
        } else if (event instanceof SessionEvent.Reset) {
            accepted.remove(connection);
        }
    }

    // --- As a peer

    /** The same, and takes its time for a login. */
    AuthProvider slow(AuthProvider auth) {
        return new AuthProvider() {
            @Override
            public AuthClient client(EntityType peerType) {
                return auth.client(peerType);
            }

            @Override
            public AuthServer server(EntityType peerType) {
                return slow(auth.server(peerType));
            }
        };
    }

    private AuthServer slow(AuthServer server) {
        return new AuthServer() {
            @Override
            public AuthReply request(int method, List<Integer> modes, Opaque payload) throws ProtocolException {
                return later(server.request(method, modes, payload));
            }

            @Override
            public AuthReply requestMore(Opaque payload) throws ProtocolException {
                return later(server.requestMore(payload));
            }
        };
    }

    private AuthReply later(AuthReply reply) {
        if (loginTakes.isZero() || reply instanceof AuthReply.More) {
            return reply;
        }
        CompletableFuture<AuthReply> result = new CompletableFuture<>();
        loop.schedule(() -> result.complete(reply), loop.nanoTime() + loginTakes.toNanos());
        return new AuthReply.Later(result);
    }

    /** Its network, to be listened on. */
    Transport transport(Transport inner) {
        return new Ears(inner);
    }

    private final class Ears implements Transport {
        private final Transport inner;

        Ears(Transport inner) {
            this.inner = inner;
        }

        @Override
        public String name() {
            return inner.name();
        }

        @Override
        public int loops() {
            return inner.loops();
        }

        @Override
        public Loop loop(int index) {
            return inner.loop(index);
        }

        @Override
        public void connect(EntityAddr target, Loop on, StreamListener listener, Consumer<Throwable> failed) {
            inner.connect(target, on, listener, failed);
        }

        @Override
        public Listener listen(EntityAddr at, Supplier<StreamListener> owner) throws IOException {
            return inner.listen(at, () -> {
                dialled.add(network.time().elapsed());
                return new Ear(owner.get());
            });
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    private final class Ear implements StreamListener {
        private final StreamListener owner;

        Ear(StreamListener owner) {
            this.owner = owner;
        }

        @Override
        public void onOpen(ByteStream stream) {
            owner.onOpen(stream);
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            if (deaf) {
                bytes.release();
            } else {
                owner.onBytes(bytes);
            }
        }

        @Override
        public void onWritable() {
            owner.onWritable();
        }

        @Override
        public void onClosed(@Nullable Throwable cause) {
            owner.onClosed(cause);
        }
    }
}
