package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RawPeer.Stage;
import org.msgr2.session.testing.TestNetwork;

/** Peers whose authentication has to wait for an answer from elsewhere. */
class PendingAuthenticationTest extends NetworkTestBase<TestNetwork.Virtual> {
    private final List<CompletableFuture<AuthReply>> asked = new ArrayList<>();
    private LogCapture log;
    private Messenger server;
    private EntityAddr addr;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void begin() {
        log = LogCapture.of("org.msgr2.session.driver");
        server = start(messenger("osd.3").service(new EchoService()).auth(Slow::new));
        addr = bind(server);
    }

    @AfterEach
    void release() {
        log.close();
    }

    /** Answers when the test does. */
    private final class Slow implements AuthProvider {
        private final AuthProvider none;

        Slow(EntityName self) {
            none = new NoneAuth(self);
        }

        @Override
        public AuthClient client(EntityType peerType) {
            return none.client(peerType);
        }

        @Override
        public AuthServer server(EntityType peerType) {
            return new AuthServer() {
                @Override
                public AuthReply request(int method, List<Integer> preferredModes, Opaque payload) {
                    CompletableFuture<AuthReply> reply = new CompletableFuture<>();
                    asked.add(reply);
                    return new AuthReply.Later(reply);
                }

                @Override
                public AuthReply requestMore(Opaque payload) {
                    return request(1, List.of(), payload);
                }
            };
        }
    }

    private static AuthReply done() {
        PeerIdentity peer = new PeerIdentity(AuthMethod.NONE, EntityName.parse("client.9"), 9);
        return new AuthReply.Done(
                9, ConnectionMode.CRC, Opaque.EMPTY, new AuthOutcome(peer, SessionKey.NONE, Opaque.EMPTY));
    }

    private RawPeer peer() {
        RawPeer peer = RawPeer.dial(network, network.transport(leaks.allocator()), addr)
                .reach(Stage.SIGNATURE);
        network.settle();
        return peer;
    }

    @Scenario("A29")
    @Test
    void waitsForTheAnswerWithoutHoldingOthersUp() {
        RawPeer slow = peer();
        RawPeer other = peer();
        assertThat(asked).hasSize(2);
        assertThat(slow.frames()).hasSize(1);
        asked.get(1).complete(done());
        network.settle();
        other.reach(Stage.READY);
        network.settle();
        assertThat(other.lastFrame().is(Tag.SERVER_IDENT)).isTrue();

        network.time().advance(Duration.ofSeconds(5));
        asked.get(0).complete(done());
        network.settle();
        slow.reach(Stage.READY);
        network.settle();
        assertThat(slow.lastFrame().is(Tag.SERVER_IDENT)).isTrue();
    }

    @Scenario("A29")
    @Test
    void dropsAPeerWhoseAnswerTakesTooLong() {
        RawPeer peer = peer();
        network.time().advance(Duration.ofSeconds(10));
        assertThat(peer.isClosed()).isTrue();
        assertThat(log.lines())
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains("not ready within PT10S: waiting for the authentication's answer"));
        asked.get(0).complete(done());
        network.settle();
        assertThat(server.stats().connections()).isZero();
        assertThat(server.stats().handshakes()).isZero();
    }

    @Test
    void keepsWhatComesMeanwhile() {
        RawPeer peer = peer();
        // It need not wait for the answer to say the rest.
        peer.reach(Stage.READY).send(peer.message(MessageType.ECHO.code(), 1, 7, new byte[2000]));
        network.settle();
        assertThat(peer.frames()).hasSize(1);
        asked.get(0).complete(done());
        network.settle();
        assertThat(peer.lastFrame().is(Tag.MESSAGE)).isTrue();
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    void keepsWhatCameInTheSameRead() {
        RawPeer peer = RawPeer.dial(network, network.transport(leaks.allocator()), addr);
        byte[] steps = peer.allSteps();
        peer.send(steps);
        network.settle();
        asked.get(0).complete(done());
        network.settle();
        assertThat(peer.lastFrame().is(Tag.SERVER_IDENT)).isTrue();
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    void survivesAPeerThatLeavesMeanwhile() {
        RawPeer peer = peer();
        byte[] steps = peer.allSteps();
        peer.send(Arrays.copyOf(steps, 1000));
        network.settle();
        peer.close();
        network.settle();
        asked.get(0).complete(done());
        network.time().advance(Duration.ofSeconds(10));
        assertThat(server.stats().handshakes()).isZero();
        assertThat(server.stats().connections()).isZero();
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    void refusesAPeerWhoseAnswerFails() {
        RawPeer peer = peer();
        asked.get(0).completeExceptionally(new IllegalStateException("no key server"));
        network.settle();
        assertThat(peer.isClosed()).isTrue();
        RawPeer other = peer();
        asked.get(1).completeExceptionally(new ProtocolException(FaultKind.AUTH, "the ticket is from another cluster"));
        network.settle();
        assertThat(other.isClosed()).isTrue();
        assertThat(log.lines()).hasSize(2).allMatch(line -> line.contains("authentication could not be completed"));
    }

    @Test
    void refusesForNowAndAsksAgain() {
        RawPeer peer = peer();
        asked.get(0).complete(new AuthReply.BadMethod(-95, List.of(AuthMethod.NONE), List.of(ConnectionMode.CRC)));
        network.settle();
        assertThat(peer.lastFrame().is(Tag.AUTH_BAD_METHOD)).isTrue();
        peer.send(RawPeer.authRequest(1, List.of(1)));
        network.settle();
        asked.get(1).complete(done());
        network.settle();
        peer.reach(Stage.READY);
        network.settle();
        assertThat(peer.lastFrame().is(Tag.SERVER_IDENT)).isTrue();
    }

    @Test
    void dropsAPeerThatWaitsWhenTheMessengerCloses() {
        RawPeer peer = peer();
        network.close(server);
        assertThat(peer.isClosed()).isTrue();
        asked.get(0).complete(done());
        network.settle();
        assertThat(server.stats().handshakes()).isZero();
    }
}
