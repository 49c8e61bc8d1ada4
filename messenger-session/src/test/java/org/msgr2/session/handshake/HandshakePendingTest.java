package org.msgr2.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.session.handshake.HandshakeFixture.SIGNATURE_FRAME_BYTES;

import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.session.handshake.Handshake.Status;

/** An acceptor whose authentication answers later. */
class HandshakePendingTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private HandshakeFixture fixture;

    @BeforeEach
    void prepare() {
        fixture = new HandshakeFixture(leaks.allocator());
    }

    @Test
    @Scenario("A29")
    void bytesThatComeWhileAnAnswerIsAwaitedAreNotLost() throws ProtocolException {
        SessionKey key = SessionKey.of(new byte[] {9});
        ScriptedAuth slow = new ScriptedAuth().key(key).rounds(1).late();
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth().key(key));
                HandshakeEnd server = fixture.accepting(slow)) {
            HandshakeEnd.join(client, server);
            assertThat(server.status()).isEqualTo(Status.PENDING);
            slow.answer();
            assertThat(server.resume()).isEqualTo(Status.NEED_BYTES);
            HandshakeEnd.join(client, server);
            assertThat(server.status()).isEqualTo(Status.PENDING);
            // The client cannot know better, so what it says now is only what it may say later.
            slow.answer();
            byte[] early = {1, 2, 3};
            server.feed(early);
            assertThat(server.status()).isEqualTo(Status.PENDING);
            assertThat(server.unread()).isEqualTo(early);
        }
    }

    @Test
    @Scenario("A29")
    void anEndThatHasEverythingAlreadyGoesOnWhenTheAnswerComes() throws ProtocolException {
        ScriptedAuth slow = new ScriptedAuth().late();
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth());
                HandshakeEnd server = fixture.accepting(slow);
                HandshakeEnd quick = fixture.accepting(new ScriptedAuth())) {
            // Without a key the signature can be told in advance: everything comes before the answer.
            HandshakeEnd.join(client, quick);
            byte[] all = client.sent();
            assertThat(server.feed(all)).isEqualTo(Status.PENDING);
            assertThat(server.unread()).hasSize(SIGNATURE_FRAME_BYTES);
            assertThat(server.sent()).hasSize(26 + 72);
            slow.answer();
            assertThat(server.resume()).isEqualTo(Status.DONE);
            assertThat(server.unread()).isEmpty();
            assertThat(server.sent()).isEqualTo(quick.sent());
        }
    }

    @Test
    void anAnswerMayBePutOffAgain() throws ProtocolException {
        ScriptedAuth slow = new ScriptedAuth().late();
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth());
                HandshakeEnd server = fixture.accepting(slow)) {
            HandshakeEnd.join(client, server);
            Handshake handshake = server.handshake();
            CompletableFuture<AuthReply> further = new CompletableFuture<>();
            assertThat(handshake.resume(new AuthReply.Later(further))).isEqualTo(Status.PENDING);
            assertThat(handshake.pendingReply()).isSameAs(further);
        }
    }

    @Test
    void bytesMustWaitWhileAnAnswerIsAwaited() throws ProtocolException {
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth());
                HandshakeEnd server = fixture.accepting(new ScriptedAuth().late())) {
            HandshakeEnd.join(client, server);
            assertThatThrownBy(() -> server.handshake().bytes(Unpooled.EMPTY_BUFFER))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("bytes must wait for the pending answer");
        }
    }

    @Test
    void anAnswerIsTakenOnceAndNotAfterTheEnd() throws ProtocolException {
        ScriptedAuth slow = new ScriptedAuth().late();
        AuthReply refusal = new AuthReply.BadMethod(-1, List.of(), List.of());
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth());
                HandshakeEnd server = fixture.accepting(slow)) {
            assertThatThrownBy(() -> server.handshake().resume(refusal))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no answer is pending");
            assertThatThrownBy(() -> server.handshake().pendingReply()).isInstanceOf(IllegalStateException.class);
            HandshakeEnd.join(client, server);
            slow.answer();
            server.resume();
            assertThatThrownBy(() -> server.handshake().resume(refusal)).isInstanceOf(IllegalStateException.class);
        }
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth());
                HandshakeEnd server = fixture.accepting(new ScriptedAuth().late())) {
            HandshakeEnd.join(client, server);
            server.handshake().close();
            byte[] before = server.sent();
            assertThatThrownBy(() -> server.handshake().resume(refusal)).isInstanceOf(IllegalStateException.class);
            assertThat(server.sent()).isEqualTo(before);
        }
    }
}
