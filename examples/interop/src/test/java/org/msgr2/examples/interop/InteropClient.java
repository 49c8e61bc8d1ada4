package org.msgr2.examples.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.msgr2.core.Entropy;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.mon.MonCommandAck;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyringFile;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;

/**
 * A client of ours for one test: its messenger, and what it hears. Each wait has a limit. {@link #close()} also asserts
 * that every buffer was given back.
 */
final class InteropClient implements AutoCloseable {

    static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final int STATUS_BYTES_MAX = 1 << 16;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final SessionRecorder recorder = new SessionRecorder();
    private final Messenger messenger;

    /** @param name of the entity that it is */
    InteropClient(String name, UnaryOperator<Messenger.Builder> changes) {
        Messenger.Builder builder = Messenger.builder(name)
                .dispatcher(recorder)
                .dialPolicy(Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .allocator(allocator);
        messenger = changes.apply(builder).build();
    }

    /** The cluster's own user, who comes in this way. */
    static InteropClient of(CephCluster ceph, ClientLogin login) throws Exception {
        return login.auth() == CephSettings.Auth.NONE
                ? new InteropClient(ceph.user().toString(), builder -> builder)
                : cephx(config(ceph, key(ceph), List.of(login.mode())));
    }

    /** One that shows what this configuration says. */
    static InteropClient cephx(CephxConfig config) {
        return cephx(config, new CephxClient(config, InstantSource.system(), ENTROPY));
    }

    /** The same with tickets that the caller wants to see. */
    static InteropClient cephx(CephxConfig config, CephxClient tickets) {
        return new InteropClient(
                config.self().toString(), builder -> builder.auth(name -> new CephxAuth(tickets, new NoneAuth(name))));
    }

    /** The cluster's own user with such a key, who allows these modes only. */
    static CephxConfig config(CephCluster ceph, CryptoKey key, List<ConnectionMode> modes) {
        return CephxConfig.of(ceph.user(), key).withModes(modes, modes);
    }

    /** The key of the cluster's own user. */
    static CryptoKey key(CephCluster ceph) throws Exception {
        return KeyringFile.read(ceph.keyring()).find(ceph.user()).orElseThrow().key();
    }

    Connection connect(EntityType type, EntityAddr addr) {
        return messenger.connect(type, addr);
    }

    /** A session with the first monitor. */
    Connection monitor(CephCluster ceph) {
        return connect(EntityType.MON, EntityAddr.parse(ceph.monAddresses().get(0)));
    }

    SessionRecorder recorder() {
        return recorder;
    }

    static ConnectionInfo ready(Connection connection) throws Exception {
        return connection.ready().toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** How long a keepalive took to come back. */
    static Duration ping(Connection connection) throws Exception {
        return connection.ping().toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Why the first attempt failed. */
    ProtocolException failure() throws InterruptedException {
        return recorder.failure(WAIT);
    }

    MonMap monMap(Connection monitor) throws Exception {
        Message answer = ask(monitor, Message.builder(MessageType.MON_GET_MAP).build(), MessageType.MON_MAP);
        try {
            return MonMap.of(answer, Limits.defaults());
        } finally {
            answer.release();
        }
    }

    /** What a monitor prints for a command, which has to succeed. */
    String monCommand(Connection monitor, UUID fsid, String json) throws Exception {
        ByteBuf front = allocator.buffer();
        new MonCommand(fsid, List.of(json)).write(new WireWriter(front));
        Message answer = ask(
                monitor, Message.builder(MessageType.MON_COMMAND).front(front).build(), MessageType.MON_COMMAND_ACK);
        try {
            MonCommandAck ack = MonCommandAck.read(new WireReader(answer.front().duplicate()));
            return output(answer, ack.result(), ack.status());
        } finally {
            answer.release();
        }
    }

    /** What another daemon prints for a command ({@code ceph tell}), which has to succeed. */
    String daemonCommand(Connection daemon, UUID fsid, String json) throws Exception {
        ByteBuf front = allocator.buffer();
        new WireWriter(front).uuid(fsid).u32(1).string(json);
        Message answer =
                ask(daemon, Message.builder(MessageType.COMMAND).front(front).build(), MessageType.COMMAND_REPLY);
        try {
            WireReader in = new WireReader(answer.front().duplicate());
            return output(answer, in.s32("result"), in.string("status", STATUS_BYTES_MAX));
        } finally {
            answer.release();
        }
    }

    private static String output(Message answer, int result, String status) {
        if (result != 0) {
            throw new AssertionError("the command failed with " + result + ": " + status);
        }
        return answer.data().toString(StandardCharsets.UTF_8);
    }

    private Message ask(Connection connection, Message question, MessageType type) throws InterruptedException {
        if (!connection.send(question).accepted()) {
            question.release();
            throw new AssertionError("cannot send " + type + " on " + connection.peerAddr());
        }
        Message answer = recorder.answer(WAIT);
        if (!answer.is(type)) {
            answer.release();
            throw new AssertionError("expected " + type + ", got " + MessageType.toString(answer.type()));
        }
        return answer;
    }

    @Override
    public void close() {
        messenger.close();
        recorder.close();
        Awaitility.await()
                .atMost(WAIT)
                .until(() ->
                        allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory() == 0);
    }
}
