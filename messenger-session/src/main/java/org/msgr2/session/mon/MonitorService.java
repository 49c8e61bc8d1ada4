package org.msgr2.session.mon;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.message.Priority;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.mon.MonCommandAck;
import org.msgr2.core.mon.MonGetVersion;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.mon.MonSubscribe;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.cephx.AuthMessage;
import org.msgr2.crypto.auth.cephx.AuthReplyMessage;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.SendResult;
import org.msgr2.session.Service;
import org.msgr2.session.ServiceContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the one monitor of a cluster that has nothing else: tells its map, an empty configuration, and answers pings and
 * commands, so that Ceph's own tools work against a node of ours (spec/msgr2-observed §10). Subscriptions to maps that do
 * not exist here stay unanswered, as a young cluster's would.
 */
public final class MonitorService implements Service {
    /** Of the bodies of all requests but MON_SUBSCRIBE. */
    private static final int VERSION_OF_OTHERS = 1;

    private static final Logger LOG = LoggerFactory.getLogger(MonitorService.class);
    private static final int EINVAL = 22;

    private final MonCommands commands;
    private final boolean createdAtStart;
    private volatile LoneMonitor monitor;

    /** For a cluster that lasts. */
    public MonitorService(LoneMonitor monitor, MonCommands commands) {
        this.monitor = monitor;
        this.commands = commands;
        this.createdAtStart = false;
    }

    /**
     * For a cluster that is created when the service starts.
     *
     * @param name the monitor's, without {@code mon.}
     * @param fsid the cluster's id
     */
    public MonitorService(String name, UUID fsid, MonCommands commands) {
        this.monitor = new LoneMonitor(name, fsid, UTime.ZERO);
        this.commands = commands;
        this.createdAtStart = true;
    }

    @Override
    public String name() {
        return "mon";
    }

    @Override
    public Set<Integer> messageTypes() {
        return Set.of(
                MessageType.MON_GET_MAP.code(),
                MessageType.MON_SUBSCRIBE.code(),
                MessageType.MON_GET_VERSION.code(),
                MessageType.MON_COMMAND.code(),
                MessageType.AUTH.code(),
                MessageType.PING.code());
    }

    @Override
    public void start(ServiceContext context) {
        if (createdAtStart) {
            Instant now = context.clock().instant();
            monitor = new LoneMonitor(monitor.name(), monitor.fsid(), new UTime(now.getEpochSecond(), now.getNano()));
        }
    }

    @Override
    public void handle(Connection connection, Message message) {
        ConnectionInfo info = connection.info();
        if (info == null) {
            return; // cannot be: messages come after the connection is ready
        }
        if (info.auth().hasToReconnect() && !message.is(MessageType.MON_GET_MAP)) {
            connection.markDown(); // it has to come back with its ticket (CVE-2021-20288)
            return;
        }
        try {
            message.header()
                    .requireReadable(message.is(MessageType.MON_SUBSCRIBE) ? MonSubscribe.VERSION : VERSION_OF_OTHERS);
            WireReader front = new WireReader(message.front().duplicate());
            if (message.is(MessageType.MON_GET_MAP)) {
                sendMap(connection, info.localAddrs());
            } else if (message.is(MessageType.MON_SUBSCRIBE)) {
                subscribe(
                        connection,
                        info,
                        MonSubscribe.read(front, message.header().version()));
            } else if (message.is(MessageType.MON_GET_VERSION)) {
                MonGetVersion asked = MonGetVersion.read(front);
                long epoch = asked.what().equals("monmap") ? LoneMonitor.EPOCH : 0;
                send(
                        connection,
                        Message.builder(MessageType.MON_GET_VERSION_REPLY).version(2, 2),
                        new MonGetVersion.Reply(asked.handle(), epoch, epoch)::write);
            } else if (message.is(MessageType.AUTH)) {
                renew(connection, info, AuthMessage.read(message.front().duplicate()));
            } else if (message.is(MessageType.PING)) {
                send(connection, Message.builder(MessageType.PING), out -> out.string(commands.ping()));
            } else {
                command(connection, message, MonCommand.read(front));
            }
        } catch (ProtocolException e) {
            LOG.warn("{} from {}: {}", message, connection.peerAddr(), e.getMessage());
            connection.markDown();
        }
    }

    /** The peer's tickets run out: it asks for new ones on the session that it has. */
    private static void renew(Connection connection, ConnectionInfo info, AuthMessage request) {
        AuthSession.Reply reply = info.auth().request(request.payload());
        AuthReplyMessage answer =
                new AuthReplyMessage(request.protocol(), reply.result(), reply.globalId(), reply.payload(), "");
        send(connection, Message.builder(MessageType.AUTH_REPLY), answer::write);
    }

    private void subscribe(Connection connection, ConnectionInfo info, MonSubscribe wishes) {
        for (MonSubscribe.Item item : wishes.items()) {
            switch (item.what()) {
                case "monmap" -> {
                    if (item.start() <= LoneMonitor.EPOCH) {
                        sendMap(connection, info.localAddrs());
                    }
                }
                case "config" -> send(connection, Message.builder(MessageType.CONFIG), out -> out.u32(0));
                default ->
                    LOG.debug("{} subscribes to {}, which this node does not have", info.peerName(), item.what());
            }
        }
    }

    /** The map's addresses must be those of the ident frame, or clients believe that they talk to somebody else. */
    private void sendMap(Connection connection, EntityAddrVec addrs) {
        MonMap map = monitor.map(addrs);
        ByteBuf encoded = Unpooled.buffer();
        map.write(new WireWriter(encoded));
        Message.Builder reply = Message.builder(MessageType.MON_MAP);
        send(connection, reply, out -> out.u32(encoded.readableBytes()).bytes(encoded));
    }

    private void command(Connection connection, Message request, MonCommand command) {
        UUID fsid = monitor.fsid();
        MonCommands.Answer answer = command.fsid().equals(fsid) || isNil(command.fsid())
                ? commands.run(connection, command, request.data().duplicate())
                : MonCommands.Answer.failed(EINVAL, "this is cluster " + fsid + ", not " + command.fsid());
        MonCommandAck ack = new MonCommandAck(answer.result(), answer.status(), command.words());
        send(
                connection,
                Message.builder(MessageType.MON_COMMAND_ACK)
                        .tid(request.tid())
                        .data(Unpooled.copiedBuffer(answer.output(), StandardCharsets.UTF_8)),
                ack::write);
    }

    private static boolean isNil(UUID id) {
        return id.getMostSignificantBits() == 0 && id.getLeastSignificantBits() == 0;
    }

    private static void send(Connection connection, Message.Builder reply, Consumer<WireWriter> front) {
        ByteBuf payload = Unpooled.buffer();
        front.accept(new WireWriter(payload));
        Message message = reply.priority(Priority.HIGH).front(payload).build();
        SendResult result = connection.send(message);
        if (!result.accepted()) {
            LOG.debug("{} for {}: {}", message, connection.peerAddr(), result.outcome());
            message.release();
        }
    }
}
