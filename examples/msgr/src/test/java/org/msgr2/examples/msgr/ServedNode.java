package org.msgr2.examples.msgr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.mon.MonCommandAck;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringFile;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;

/** A {@code msgr serve} in this JVM, what it said until it was ready, and clients for it. */
final class ServedNode implements AutoCloseable {
    private static final UUID ANY_CLUSTER = new UUID(0, 0);

    private final Background run;
    private final List<String> lines = new ArrayList<>();

    private ServedNode(Background run) throws IOException {
        this.run = run;
        String line = run.line();
        while (line != null && !line.equals("ready")) {
            lines.add(line);
            line = run.line();
        }
        if (line == null) {
            run.close();
            throw new AssertionError("never ready: " + lines + run.err());
        }
    }

    /** On any port. */
    static ServedNode start(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("serve", "--listen=v2:127.0.0.1:0"));
        arguments.addAll(List.of(options));
        return new ServedNode(Background.start(arguments.toArray(String[]::new)));
    }

    /** Without the last, which is {@code ready}. */
    List<String> lines() {
        return lines;
    }

    /** The rest of the only line that begins so. */
    String after(String beginning) {
        List<String> found =
                lines.stream().filter(line -> line.startsWith(beginning)).toList();
        if (found.size() != 1) {
            throw new AssertionError("expected one line '" + beginning + "…': " + lines);
        }
        return found.get(0).substring(beginning.length());
    }

    EntityAddr addr() {
        return EntityAddr.parse(after("listening msgr2 "));
    }

    int stop() {
        return run.stop();
    }

    /** A messenger that logs in with that key. */
    static Messenger.Builder client(EntityName name, CryptoKey key, ConnectionMode mode) {
        return Messenger.builder(name.toString()).auth(self -> {
            CephxConfig config = CephxConfig.of(self, key).withModes(List.of(mode), List.of(mode));
            return new CephxAuth(
                    new CephxClient(config, InstantSource.system(), new SecureRandom()::nextBytes), new NoneAuth(self));
        });
    }

    /** The same with a key of that file. */
    static Messenger.Builder client(String name, Path keyring, ConnectionMode mode) throws Exception {
        EntityName entity = EntityName.parse(name);
        return client(
                entity, KeyringFile.read(keyring).find(entity).orElseThrow().key(), mode);
    }

    static Messenger.Builder anonymous() {
        return Messenger.builder("client.anybody");
    }

    static CryptoKey newKey() {
        return CryptoKey.generate(
                KeyType.AES, new UTime(Instant.now().getEpochSecond(), 0), new SecureRandom()::nextBytes);
    }

    static Keyring read(Path keyring) throws Exception {
        return KeyringFile.read(keyring);
    }

    /** What a command was answered. */
    record Answer(int result, String status, String output) {}

    /** Sends words as they are. */
    Answer command(Messenger.Builder client, String... words) throws Exception {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Dispatcher replies = new Dispatcher() {
            @Override
            public boolean dispatch(Connection connection, Message message) {
                if (message.is(MessageType.MON_COMMAND_ACK)) {
                    try {
                        MonCommandAck ack = MonCommandAck.read(
                                new WireReader(message.front().duplicate()));
                        answer.complete(new Answer(
                                ack.result(), ack.status(), message.data().toString(StandardCharsets.UTF_8)));
                    } catch (Exception e) {
                        answer.completeExceptionally(e);
                    }
                }
                return true;
            }
        };
        try (Messenger messenger = client.dispatcher(replies).build()) {
            ByteBuf front = Unpooled.buffer();
            new MonCommand(ANY_CLUSTER, List.of(words)).write(new WireWriter(front));
            Message question =
                    Message.builder(MessageType.MON_COMMAND).front(front).build();
            if (!messenger.connect(EntityType.MON, addr()).send(question).accepted()) {
                throw new AssertionError("not accepted");
            }
            return answer.get(10, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        run.close();
    }
}
