package org.msgr2.examples.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.MessengerStats;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.netty.NettyTransport;

/**
 * A node of ours that stands in for a file system's only metadata server, and tells its monitor so: clients of Ceph's own
 * mount it, see an empty root directory, and get for each file of the name {@code errno-N-ANYTHING} the error N, which says by
 * itself which question it answers (spec/msgr2-observed §10). A tenant of a messenger as any other. Thread-safe.
 */
final class JavaMds implements AutoCloseable {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final int SESSION_REQUEST_OPEN = 0;
    private static final int SESSION_REQUEST_CLOSE = 2;
    private static final int SESSION_CLOSE = 3;
    private static final int SESSION_REQUEST_RENEWCAPS = 4;
    private static final int SESSION_RENEWCAPS = 5;
    private static final int GETATTR = 0x101;
    private static final int EOPNOTSUPP = 95;
    /** Of a CLIENT_REQUEST, in front of {@code u8 retries, u8 forwards, u16 releases, u32 op}. */
    private static final int REQUEST_RETRIES_OFFSET = 18;
    /** Between the op and the name within a directory: who asks, the arguments, the directory. */
    private static final int REQUEST_ARGUMENTS_BYTES = 89;

    private static final int NAME_BYTES_MAX = 256;
    private static final Pattern ERRNO = Pattern.compile("errno-(\\d+)-.*");

    /**
     * A question of a client.
     *
     * @param tid the client's own number for it
     * @param retries how often its file system (not its messenger) has sent it before
     * @param name within the root directory; empty for that directory itself
     */
    record Request(long tid, int retries, int op, String name) {}

    private record Held(Connection client, Request request) {}

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final OneWayTransport network;
    private final Messenger node;
    private final EntityAddr addr;
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final Queue<SessionEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicLong sent = new AtomicLong();
    private final List<Held> held = new ArrayList<>();
    private boolean holding;

    private JavaMds(JavaMonitor monitor, Policy policy, EntityAddr where) throws IOException {
        network = new OneWayTransport(new NettyTransport(allocator));
        node = Messenger.builder("mds.0")
                .transport(network)
                .allocator(allocator)
                .auth(name -> monitor.daemonAuth(EntityType.MDS))
                .acceptPolicy(policy.withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .dispatcher(new Tenant())
                .build();
        addr = node.bind(where);
        monitor.publishMdsMap(RecordedMds.map(JavaMonitor.FSID, EntityAddrVec.of(addr)));
    }

    /** One whose clients' sessions outlive their connections, as those of real ones do (spec/msgr2 §6). */
    static JavaMds start(JavaMonitor monitor) throws IOException {
        return start(monitor, Policy.statefulServer());
    }

    /** The same where another one was before: one that has been started again, and remembers nothing. */
    static JavaMds startAgain(JavaMonitor monitor, EntityAddr addr) throws IOException {
        return new JavaMds(monitor, Policy.statefulServer(), addr);
    }

    /** One that treats its clients like that. */
    static JavaMds start(JavaMonitor monitor, Policy policy) throws IOException {
        return new JavaMds(monitor, policy, EntityAddr.parse("v2:127.0.0.1:0"));
    }

    /** Where it listens: also what its ident frame and the map say. */
    EntityAddr addr() {
        return addr;
    }

    /** What breaks its connections. */
    OneWayTransport network() {
        return network;
    }

    /** The questions about files, in the order in which they came. */
    List<Request> requests() {
        return List.copyOf(requests);
    }

    /** How often a client asked for a session. */
    int opened() {
        return opened.get();
    }

    List<SessionEvent> events() {
        return List.copyOf(events);
    }

    MessengerStats stats() {
        return node.stats();
    }

    /** The session with the only client. */
    Connection client() {
        List<Connection> all = List.copyOf(node.connections());
        if (all.size() != 1) {
            throw new AssertionError("expected one client: " + all);
        }
        return all.get(0);
    }

    /** From now on questions about files wait for {@link #release}. */
    synchronized void hold() {
        holding = true;
    }

    /** How many questions wait. */
    synchronized int held() {
        return held.size();
    }

    /** Answers the questions that wait, and those that come later at once. */
    synchronized void release() {
        holding = false;
        held.forEach(one -> answer(one.client(), one.request()));
        held.clear();
    }

    /** Also asserts that every buffer was given back. */
    @Override
    public void close() {
        node.close();
        network.close();
        Awaitility.await("no buffer is kept")
                .atMost(WAIT)
                .until(() ->
                        allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory() == 0);
    }

    private final class Tenant implements Dispatcher {
        @Override
        public boolean dispatch(Connection client, Message message) {
            try {
                WireReader front = new WireReader(message.front().duplicate());
                if (message.is(MessageType.CLIENT_SESSION)) {
                    session(client, front.s32("op"), front.u64("seq"));
                } else if (message.is(MessageType.CLIENT_REQUEST)) {
                    request(client, message.tid(), front);
                }
            } catch (WireException e) {
                throw new AssertionError("cannot read " + message, e);
            }
            return true; // capabilities that come back, and figures: nothing to say to those
        }

        @Override
        public void onEvent(Connection client, SessionEvent event) {
            events.add(event);
        }
    }

    /** How many messages it has sent so far, to the only client: the sequence number of the last one. */
    long sent() {
        return sent.get();
    }

    private void session(Connection client, int op, long seq) {
        switch (op) {
            case SESSION_REQUEST_OPEN -> {
                opened.incrementAndGet();
                send(
                        client,
                        Message.builder(MessageType.CLIENT_SESSION)
                                .version(RecordedMds.SESSION_VERSION, 1)
                                .front(RecordedMds.sessionOpen()));
            }
            case SESSION_REQUEST_CLOSE -> sendSession(client, SESSION_CLOSE, seq);
            case SESSION_REQUEST_RENEWCAPS -> sendSession(client, SESSION_RENEWCAPS, seq);
            default -> {}
        }
    }

    /** {@code u32 op | u64 seq | stamp 8 | u32 max_caps | u32 max_leases}. */
    private void sendSession(Connection client, int op, long seq) {
        ByteBuf front = Unpooled.buffer();
        new WireWriter(front).u32(op).u64(seq).u64(0).u32(0).u32(0);
        send(client, Message.builder(MessageType.CLIENT_SESSION).version(1, 1).front(front));
    }

    private void request(Connection client, long tid, WireReader front) throws WireException {
        front.bytes(REQUEST_RETRIES_OFFSET, "request");
        int retries = front.u8("retries");
        front.bytes(3, "forwards and releases");
        int op = front.s32("op");
        front.bytes(REQUEST_ARGUMENTS_BYTES, "arguments");
        Request request = new Request(tid, retries, op, front.string("name", NAME_BYTES_MAX));
        synchronized (this) {
            requests.add(request);
            if (holding) {
                held.add(new Held(client, request));
            } else {
                answer(client, request);
            }
        }
    }

    private void answer(Connection client, Request request) {
        if (request.op() == GETATTR && request.name().isEmpty()) {
            send(client, reply(request).front(RecordedMds.rootAttributes()));
            return;
        }
        Matcher errno = ERRNO.matcher(request.name());
        int error = errno.matches() ? Integer.parseInt(errno.group(1)) : EOPNOTSUPP;
        // u32 op | s32 result | u32 map epoch | u8 safe, has dentry, has target | no trace | no extra | no snapshots
        ByteBuf front = Unpooled.buffer();
        new WireWriter(front)
                .u32(request.op())
                .u32(-error)
                .u32(0)
                .u8(1)
                .u8(0)
                .u8(0)
                .u32(0)
                .u32(0)
                .u32(0);
        send(client, reply(request).front(front));
    }

    private static Message.Builder reply(Request request) {
        return Message.builder(MessageType.CLIENT_REPLY).version(1, 1).tid(request.tid());
    }

    private void send(Connection client, Message.Builder answer) {
        Message message = answer.build();
        SendResult result = client.send(message);
        if (result.accepted()) {
            sent.incrementAndGet();
        } else {
            message.release(); // the client's session has ended meanwhile: it will ask again on another
        }
    }
}
