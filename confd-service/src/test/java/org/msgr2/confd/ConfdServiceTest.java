package org.msgr2.confd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgr2.confd.client.ClientOptions;
import org.msgr2.confd.client.ConfdClient;
import org.msgr2.confd.client.Coverage;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.client.QuorumResult;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.RequestType;
import org.msgr2.session.Health;
import org.msgr2.session.Messenger;

class ConfdServiceTest {
    private static final ConfdKey KEY = ConfdKey.of(Vectors.bytes("confd-hmac.key"));
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void writeConfig() throws IOException {
        file = directory.resolve("config.data");
        Files.write(file, Vectors.bytes("config-small.data"));
    }

    private ConfdService service() {
        return new ConfdService(ConfdOptions.of(file).withUdp(ConfdOptions.Udp.of(ANY_PORT, KEY)));
    }

    @Test
    void answersGanetisClientsOnTheMessengersLoops() throws Exception {
        ConfdService service = service();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Messenger messenger =
                Messenger.builder("client.a").service(service).meters(registry).build()) {
            try (ConfdClient client = ConfdClient.open(KEY, List.of(service.udpAddr()), ClientOptions.DEFAULTS)) {
                QuorumResult result = client.askAndWait(Question.clusterMaster(), Coverage.ALL);
                assertThat(result.newest().answer().asText()).isEqualTo("node1.test.example");
                // Many batches, and replies of several kilobytes.
                for (int i = 0; i < 200; i++) {
                    assertThat(client.askAndWait(Question.configQuery("/nodes"), 1)
                                    .newest()
                                    .answer())
                            .hasSize(5);
                }
            }
            assertThat(messenger.health().get("confd")).isEqualTo(Health.OK);
            assertThat(service.counters().answered(RequestType.CONFIG_QUERY)).isEqualTo(200);
            assertThat(registry.get("msgr2.confd.requests")
                            .tags("type", "config-query", "outcome", "ok", "service", "confd")
                            .functionCounter()
                            .count())
                    .isEqualTo(200);
            assertThat(registry.get("msgr2.confd.config.serial").gauge().value())
                    .isEqualTo(99);
        }
    }

    @Test
    void aBadFileIsNoReasonNotToStartAndHealthTellsTheCause() throws Exception {
        Files.writeString(file, "{");
        ConfdService service = service();
        try (Messenger messenger =
                Messenger.builder("client.a").service(service).build()) {
            Health health = messenger.health().get("confd");
            assertThat(health.healthy()).isFalse();
            assertThat(health.reason()).contains(file.toString());
            writeConfig();
            await().until(() -> service.health().healthy());
        }
    }

    @Test
    void aPortInUseEndsTheStart() throws Exception {
        ConfdService first = service();
        try (Messenger messenger = Messenger.builder("client.a").service(first).build()) {
            ConfdService second =
                    new ConfdService(ConfdOptions.of(file).withUdp(ConfdOptions.Udp.of(first.udpAddr(), KEY)));
            assertThatThrownBy(
                            () -> Messenger.builder("client.b").service(second).build())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("confd");
            assertThat(messenger.isClosed()).isFalse();
        }
    }

    @Test
    void aKeyThatEverybodyCanReadIsRefused() throws Exception {
        Path key = directory.resolve("hmac.key");
        assertThatThrownBy(() -> KeyFile.read(key)).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> KeyFile.read(directory)).hasMessageContaining("is a directory");
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        assertThatThrownBy(() -> KeyFile.read(key)).hasMessageContaining("1 to 4096 bytes");
        Files.write(key, Vectors.bytes("confd-hmac.key"));
        assertThat(KeyFile.read(key)).hasToString("ConfdKey[hidden]");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> KeyFile.read(key))
                .hasMessageContaining("everybody can read")
                .hasMessageNotContaining("confd-test-key");
    }
}
