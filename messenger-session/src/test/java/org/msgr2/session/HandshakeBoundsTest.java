package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RawPeer.Stage;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.Transport;

/** What peers may cost a messenger before they are ready: in number, and in memory. */
class HandshakeBoundsTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final List<Stage> STAGES =
            List.of(Stage.BANNER, Stage.HELLO, Stage.AUTH, Stage.SIGNATURE, Stage.SESSION);

    private final RecordingDispatcher atClient = new RecordingDispatcher();
    private LogCapture log;
    private Transport raw;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void capture() {
        log = LogCapture.of("org.msgr2.session.driver");
        raw = network.transport(leaks.allocator());
    }

    @AfterEach
    void release() {
        log.close();
    }

    // --- How many

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 100})
    void dropsTheOldestOfTooManyPeersThatAreNotReady(int max) {
        Messenger server = start(messenger("osd.3")
                .service(new EchoService())
                .limits(Limits.defaults()
                        .withHandshake(Limits.defaults().handshake().withPeersMax(max))));
        EntityAddr addr = bind(server);
        List<RawPeer> silent = new ArrayList<>();
        for (int i = 0; i < max + 7; i++) {
            RawPeer peer = RawPeer.dial(network, raw, addr);
            peer.reach(STAGES.get(i % STAGES.size()));
            silent.add(peer);
            network.settle();
            assertThat(server.stats().handshakes()).isEqualTo(Math.min(max, i + 1));
            for (int n = 0; n <= i; n++) {
                assertThat(silent.get(n).isClosed())
                        .as("peer " + n + " of " + (i + 1))
                        .isEqualTo(n < i + 1 - max);
            }
        }
        assertThat(log.lines())
                .hasSize(7)
                .allMatch(line -> line.contains("more than " + max + " peers are not ready, and it is the oldest"));
        assertThat(server.stats().handshakesFailed()).isEqualTo(7);

        // A good client still gets in.
        Connection good = start(messenger("client.1").dispatcher(atClient)).connect(EntityType.OSD, addr);
        network.settle();
        assertThat(good.info()).isNotNull();
        good.send(message(MessageType.ECHO.code(), 1, 10));
        network.settle();
        assertThat(atClient.count(Received.class)).isEqualTo(1);
        assertThat(silent.get(7).isClosed()).isTrue();
        assertThat(server.stats().handshakes()).isEqualTo(max - 1);
    }

    @Test
    void countsNoPeerThatIsReadyOrGone() {
        Messenger server = start(messenger("osd.3")
                .service(new EchoService())
                .limits(Limits.defaults()
                        .withHandshake(Limits.defaults().handshake().withPeersMax(2))));
        EntityAddr addr = bind(server);
        List<RawPeer> ready = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ready.add(RawPeer.dial(network, raw, addr).reach(Stage.READY));
            RawPeer gone = RawPeer.dial(network, raw, addr).reach(Stage.AUTH);
            network.settle();
            gone.close();
            network.settle();
        }
        assertThat(ready).noneMatch(RawPeer::isClosed);
        assertThat(server.stats().handshakes()).isZero();
        assertThat(server.stats().connections()).isEqualTo(10);
        assertThat(server.stats().accepted()).isEqualTo(20);
    }

    @Test
    void acceptsNotMoreConnectionsThanItsBound() {
        Messenger server = start(messenger("osd.3")
                .service(new EchoService())
                .limits(Limits.defaults().withQueues(Limits.defaults().queues().withConnectionsMax(3))));
        EntityAddr addr = bind(server);
        List<RawPeer> ready = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ready.add(RawPeer.dial(network, raw, addr).reach(Stage.READY));
            network.settle();
        }
        RawPeer oneMore = RawPeer.dial(network, raw, addr);
        network.settle();
        assertThat(oneMore.isClosed()).isTrue();
        assertThat(log.lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains(oneMore.localAddr().toString())
                        .contains("no more connections"));
        assertThat(ready).noneMatch(RawPeer::isClosed);
        ready.get(0).close();
        network.settle();
        RawPeer next = RawPeer.dial(network, raw, addr).reach(Stage.READY);
        network.settle();
        assertThat(next.isClosed()).isFalse();
        assertThat(server.stats().connections()).isEqualTo(3);
    }

    @Test
    void acceptsNotMoreConnectionsThanItsBoundIfManyBecomeReadyAtOnce() {
        Messenger server = start(messenger("osd.3")
                .service(new EchoService())
                .limits(Limits.defaults().withQueues(Limits.defaults().queues().withConnectionsMax(3))));
        EntityAddr addr = bind(server);
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            peers.add(RawPeer.dial(network, raw, addr).reach(Stage.SESSION));
        }
        network.settle();
        peers.forEach(peer -> peer.reach(Stage.READY));
        network.settle();
        assertThat(server.stats().connections()).isEqualTo(3);
        assertThat(peers.stream().filter(RawPeer::isClosed)).hasSize(7);
        assertThat(server.stats().handshakes()).isZero();
    }

    @Test
    void dropsPeersThatAreNotReadyWhenTheMessengerCloses() {
        Messenger server = start(messenger("osd.3").service(new EchoService()));
        EntityAddr addr = bind(server);
        List<RawPeer> peers = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            peers.add(RawPeer.dial(network, raw, addr).reach(stage));
        }
        network.settle();
        network.close(server);
        assertThat(peers).allMatch(RawPeer::isClosed);
        assertThat(server.stats().handshakes()).isZero();
        assertThat(server.connections()).isEmpty();
    }

    // --- How much

    /** Counts what is taken from it, and the most that was taken at once. */
    private static final class PeakAllocator extends AbstractByteBufAllocator {
        private long held;
        private long peak;

        PeakAllocator() {
            super(false);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity) {
                @Override
                protected byte[] allocateArray(int size) {
                    taken(size);
                    return super.allocateArray(size);
                }

                @Override
                protected void freeArray(byte[] array) {
                    taken(-array.length);
                    super.freeArray(array);
                }
            };
        }

        /** On the heap too, where sizes can be followed one by one. */
        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            return newHeapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }

        private void taken(int bytes) {
            held += bytes;
            peak = Math.max(peak, held);
        }
    }

    /** Ways to make a messenger hold memory. */
    enum Glutton {
        LONG_BANNER {
            @Override
            void feed(RawPeer peer) {
                peer.send(Arrays.copyOf(RawPeer.banner(1024), 1033));
            }
        },
        PARTIAL_FRAME {
            @Override
            void feed(RawPeer peer) {
                peer.reach(Stage.HELLO)
                        .send(Arrays.copyOf(peer.raw(1, new byte[16_000]).bytes(), 15_900));
            }
        },
        PARTIAL_FRAME_IN_NEGOTIATION {
            @Override
            void feed(RawPeer peer) {
                peer.reach(Stage.SESSION)
                        .send(Arrays.copyOf(peer.raw(8, new byte[16_384]).bytes(), 16_400));
            }
        },
        FLOOD_OF_LARGE_AUTH_REQUESTS {
            @Override
            void feed(RawPeer peer) {
                peer.reach(Stage.AUTH);
                for (int i = 0; i < 50; i++) {
                    peer.send(new ControlFrame.AuthRequest(2, List.of(2), Opaque.zeros(16_000)));
                }
            }
        },
        FLOOD_OF_SMALL_AUTH_REQUESTS {
            @Override
            void feed(RawPeer peer) {
                peer.reach(Stage.AUTH);
                for (int i = 0; i < 16; i++) {
                    peer.send(new ControlFrame.AuthRequest(2, List.of(2), Opaque.zeros(800)));
                }
            }
        },
        FLOOD_OF_RECONNECTS {
            @Override
            void feed(RawPeer peer) {
                peer.reach(Stage.SESSION);
                EntityAddr[] addrs = new EntityAddr[32];
                Arrays.fill(addrs, EntityAddr.parse("v2:[2001:db8::1]:6800/1"));
                for (int i = 0; i < 16; i++) {
                    peer.send(new ControlFrame.SessionReconnect(EntityAddrVec.of(addrs), 1, 2, 3, 4, 5));
                }
            }
        },
        EVERYTHING_AT_ONCE {
            @Override
            void feed(RawPeer peer) {
                peer.send(new byte[1]);
                byte[] all = peer.allSteps();
                byte[] flood = Arrays.copyOf(all, all.length + 10_000_000);
                peer.send(Arrays.copyOfRange(flood, 1, flood.length));
            }
        },
        DRIBBLE {
            @Override
            void feed(RawPeer peer) {
                peer.reach(Stage.SESSION);
                byte[] partial = peer.raw(8, new byte[16_384]).bytes();
                for (int i = 0; i < 2_000; i++) {
                    peer.send(new byte[] {partial[i]});
                }
            }
        },
        ANSWERS_THAT_NOBODY_READS {
            @Override
            void feed(RawPeer peer) {
                peer.setReading(false);
                FLOOD_OF_SMALL_AUTH_REQUESTS.feed(peer);
            }
        };

        abstract void feed(RawPeer peer);
    }

    @Scenario("F21")
    @ParameterizedTest
    @EnumSource(Glutton.class)
    void holdsNotMoreOfOnePeerThanItsBound(Glutton glutton) {
        PeakAllocator counting = new PeakAllocator();
        Limits limits = Limits.defaults();
        Messenger server = start(
                network.messenger("osd.3", counting).service(new EchoService()).limits(limits));
        EntityAddr addr = bind(server);
        RawPeer peer = RawPeer.dial(network, raw, addr);
        network.settle();
        counting.peak = counting.held;
        glutton.feed(peer);
        network.settle();
        assertThat(limits.handshake().bytesPerPeerMax()).isEqualTo(64 * 1024);
        assertThat(counting.peak).isLessThanOrEqualTo(limits.handshake().bytesPerPeerMax());
        network.time().advance(Duration.ofSeconds(11));
        peer.close(); // what is on its way to it counts too
        network.settle();
        assertThat(counting.held).isZero();
    }

    /** All that is reachable of many such peers, the heap included: what the allocator does not see. */
    @Test
    void keepsNotMoreOfManyPeersThanTheirBound() {
        Messenger server = start(network.messenger("osd.3", new PeakAllocator()).service(new EchoService()));
        EntityAddr addr = bind(server);
        List<RawPeer> peers = new ArrayList<>();
        long before = usedHeap();
        for (Glutton glutton : List.of(
                Glutton.LONG_BANNER,
                Glutton.PARTIAL_FRAME,
                Glutton.PARTIAL_FRAME_IN_NEGOTIATION,
                Glutton.FLOOD_OF_SMALL_AUTH_REQUESTS,
                Glutton.DRIBBLE)) {
            for (int i = 0; i < 50; i++) {
                RawPeer peer = RawPeer.dial(network, raw, addr);
                glutton.feed(peer);
                network.settle();
                assertThat(peer.isClosed()).isFalse();
                peers.add(peer);
            }
        }
        long each = (usedHeap() - before) / peers.size();
        assertThat(server.stats().handshakes()).isEqualTo(peers.size());
        // Both ends are in this heap; the other one keeps next to nothing.
        assertThat(each).isLessThan(Limits.defaults().handshake().bytesPerPeerMax());
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void endsAHandshakeThatIsLongerThanWhatItsSignaturesMayCover() {
        Messenger server = start(messenger("osd.3").service(new EchoService()));
        RawPeer peer = RawPeer.dial(network, raw, bind(server)).reach(Stage.AUTH);
        for (int i = 0; i < 3; i++) {
            peer.send(new ControlFrame.AuthRequest(2, List.of(2), Opaque.zeros(7000)));
        }
        network.settle();
        assertThat(peer.isClosed()).isTrue();
        assertThat(log.lines())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("more than 16384 bytes received before the signature"));
        assertThat(peer.frames().stream().filter(frame -> frame.is(Tag.AUTH_BAD_METHOD)))
                .hasSize(2);
    }
}
