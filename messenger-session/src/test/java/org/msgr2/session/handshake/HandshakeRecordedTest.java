package org.msgr2.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.Capture;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.handshake.Handshake.Status;

/** Either end against the other end of a real connection, byte for byte. */
class HandshakeRecordedTest {
    private static final EntityName ADMIN = EntityName.parse("client.admin");

    /** The monitor of the recording had given out so many ids since 4096, the first one of ours. */
    private static final int IDS_GIVEN_OUT = 4124 - 4096;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** A provider whose next server gives the global id of the recording. */
    private static final class AfterOthers implements AuthProvider {
        private final NoneAuth auth = new NoneAuth(ADMIN);
        private final AuthClient client = auth.client(EntityType.MON);

        @Override
        public AuthClient client(EntityType peerType) {
            return client;
        }

        @Override
        public AuthServer server(EntityType peerType) {
            try {
                for (int i = 1; i < IDS_GIVEN_OUT; i++) {
                    AuthClient.Offer other = client.start();
                    auth.server(peerType).request(other.method().code(), List.of(), other.payload());
                }
            } catch (ProtocolException e) {
                throw new AssertionError(e);
            }
            return auth.server(peerType);
        }
    }

    /** What one end sent, up to its signature or all of it. */
    private static byte[] sent(Capture capture, String dir, boolean all) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (RecordedFrame frame : capture.frames(dir)) {
            if (frame.truncated()) {
                return bytes.toByteArray();
            }
            bytes.writeBytes(frame.wire());
            if (!all && frame.tag().equals("AUTH_SIGNATURE")) {
                return bytes.toByteArray();
            }
        }
        return bytes.toByteArray();
    }

    private static EntityAddr helloAddr(Capture capture, String dir) {
        return capture.frames(dir).stream()
                .filter(frame -> frame.tag().equals("HELLO"))
                .map(frame -> EntityAddr.parse(frame.fields().get("peer_addr").asText()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Scenario({"A02", "A12"})
    void connectsToTheRecordedMonitorAsTheRecordedClientDid() throws ProtocolException {
        Capture capture = CephVectors.capture("a_none_crc_client_mon");
        byte[] fromServer = sent(capture, "S->C", true);
        byte[] handshake = sent(capture, "S->C", false);
        for (int chunk : new int[] {1, 7, 100, fromServer.length}) {
            try (HandshakeEnd client = HandshakeEnd.connecting(
                    HandshakeEnd.config(EntityType.CLIENT, new NoneAuth(ADMIN), leaks.allocator()),
                    helloAddr(capture, "C->S"),
                    EntityType.MON)) {
                for (int at = 0; at < fromServer.length; at += chunk) {
                    client.feed(Arrays.copyOfRange(fromServer, at, Math.min(at + chunk, fromServer.length)));
                }
                assertThat(client.status()).isEqualTo(Status.DONE);
                assertThat(client.sent()).isEqualTo(sent(capture, "C->S", false));
                // What follows the handshake is not its business: SERVER_IDENT and messages stay where they are.
                assertThat(client.unread())
                        .isEqualTo(Arrays.copyOfRange(fromServer, handshake.length, fromServer.length))
                        .isNotEmpty();
                assertThat(client.secured().revision()).isEqualTo(Revision.MSGR2_1);
                assertThat(client.secured().seenAs()).isEqualTo(helloAddr(capture, "S->C"));
                assertThat(client.secured().identity().globalId()).isEqualTo(4124);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"a_none_crc_client_mon, MON", "a_none_crc_client_osd, OSD"})
    @Scenario({"A02", "A12"})
    void acceptsTheRecordedClientAsTheRecordedServersDid(String name, EntityType self) throws ProtocolException {
        Capture capture = CephVectors.capture(name);
        byte[] fromClient = sent(capture, "C->S", true);
        byte[] handshake = sent(capture, "C->S", false);
        for (int chunk : new int[] {1, 7, 100, fromClient.length}) {
            // An OSD is told the id that a monitor gave; a monitor gives one.
            AuthProvider auth = self == EntityType.MON ? new AfterOthers() : new NoneAuth(EntityName.parse("osd.0"));
            try (HandshakeEnd server = HandshakeEnd.accepting(
                    HandshakeEnd.config(self, auth, leaks.allocator()), helloAddr(capture, "S->C"))) {
                for (int at = 0; at < fromClient.length; at += chunk) {
                    server.feed(Arrays.copyOfRange(fromClient, at, Math.min(at + chunk, fromClient.length)));
                }
                assertThat(server.status()).isEqualTo(Status.DONE);
                assertThat(server.sent()).isEqualTo(sent(capture, "S->C", false));
                assertThat(server.unread())
                        .isEqualTo(Arrays.copyOfRange(fromClient, handshake.length, fromClient.length))
                        .isNotEmpty();
                assertThat(server.secured().peerType()).isEqualTo(EntityType.CLIENT);
                assertThat(server.secured().seenAs()).isEqualTo(helloAddr(capture, "C->S"));
                assertThat(server.secured().identity().name()).isEqualTo(ADMIN);
                assertThat(server.secured().identity().globalId()).isEqualTo(4124);
            }
        }
    }
}
