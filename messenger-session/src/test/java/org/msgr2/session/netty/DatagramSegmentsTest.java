package org.msgr2.session.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.DatagramBatch;
import org.msgr2.session.transport.DatagramHandle;
import org.msgr2.session.transport.DatagramListener;
import org.msgr2.session.transport.DatagramOptions;
import org.msgr2.session.transport.DatagramOutcome;
import org.msgr2.session.transport.Sockets;

/** Answers that leave as runs of segments: nobody who receives them sees that. */
class DatagramSegmentsTest {
    private static final DatagramOptions OPTIONS =
            DatagramOptions.of(Limits.defaults()).withReceive(2_000, 16);
    /** Of socket(7): without checksums the kernel cuts no run apart, and refuses it. */
    private static final IntegerUnixChannelOption NO_CHECKSUMS = new IntegerUnixChannelOption("SO_NO_CHECK", 1, 11);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private TestNetwork network;
    private Sockets sockets;
    private Inbox one;
    private Inbox other;
    private DatagramHandle to;
    private DatagramHandle toOther;
    private DatagramHandler from;

    /** Keeps what comes. */
    private static final class Inbox implements DatagramListener {
        final List<String> texts = new CopyOnWriteArrayList<>();

        @Override
        public void onDatagrams(DatagramHandle socket, DatagramBatch batch) {
            for (int i = 0; i < batch.size(); i++) {
                texts.add(batch.payload(i).toString(US_ASCII));
            }
        }
    }

    @BeforeEach
    void open() throws IOException {
        assumeTrue(NettyIo.EPOLL.isAvailable() && EpollDatagramChannel.isSegmentedDatagramPacketSupported());
        network = TestNetwork.netty(NettyIo.EPOLL);
        sockets = network.transport(leaks.allocator()).sockets();
        one = new Inbox();
        other = new Inbox();
        to = sockets.datagram(anyPort(), OPTIONS, one);
        toOther = sockets.datagram(anyPort(), OPTIONS, other);
        from = (DatagramHandler) sockets.datagram(anyPort(), OPTIONS.withQueuedMax(200), new Inbox());
    }

    @AfterEach
    void close() {
        if (network != null) {
            network.close();
        }
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static String text(int number, int length) {
        return "%04d".formatted(number) + "x".repeat(length - 4);
    }

    /** What is sent within one task of the loop leaves together. */
    private void together(Runnable sends) {
        network.get("they are sent", CompletableFuture.runAsync(sends, from.loop()));
    }

    private DatagramOutcome send(DatagramHandle peer, String text) {
        return from.send(peer.localAddr(), leaks.allocator().buffer().writeBytes(text.getBytes(US_ASCII)));
    }

    @Test
    void datagramsOfAllSizesToTwoPeersComeAsTheyWereSent() {
        List<String> forOne = new ArrayList<>();
        List<String> forOther = new ArrayList<>();
        int[] lengths = {100, 100, 100, 40, 100, 200, 1232, 1232, 5, 1233, 1233, 1500, 1500, 60, 60, 60};
        for (int i = 0; i < 150; i++) {
            (i % 7 == 0 ? forOther : forOne).add(text(i, i < 70 ? 100 : lengths[i % lengths.length]));
        }
        together(() -> {
            int next = 0;
            for (int i = 0; i < 150; i++) {
                boolean otherOne = i % 7 == 0;
                String text = otherOne ? forOther.get(i / 7) : forOne.get(next++);
                assertThat(send(otherOne ? toOther : to, text)).isEqualTo(DatagramOutcome.QUEUED);
            }
        });
        network.await("all come", () -> one.texts.size() == forOne.size() && other.texts.size() == forOther.size());
        assertThat(one.texts).containsExactlyElementsOf(forOne);
        assertThat(other.texts).containsExactlyElementsOf(forOther);
        assertThat(from.stats().sent()).isEqualTo(150);
        assertThat(from.stats().failed()).isZero();
    }

    @Test
    void manyToOnePeerLeaveInFewCallsOfTheKernel() {
        together(() -> {
            for (int i = 0; i < 130; i++) {
                send(to, text(i, 100));
            }
            assertThat(from.packetsWaiting())
                    .as("two runs that are full, and one that is not yet ended")
                    .isEqualTo(2);
        });
        network.await("all come", () -> one.texts.size() == 130);
    }

    @Test
    void segmentsCountOneByOneAgainstTheBound() {
        List<DatagramOutcome> outcomes = new ArrayList<>();
        together(() -> {
            for (int i = 0; i < 203; i++) {
                outcomes.add(send(to, text(i, 50)));
            }
        });
        assertThat(outcomes.subList(0, 200)).containsOnly(DatagramOutcome.QUEUED);
        assertThat(outcomes.subList(200, 203)).containsOnly(DatagramOutcome.BACK_PRESSURED);
        network.await("those that were taken come", () -> one.texts.size() == 200);
        assertThat(from.stats().dropped()).isEqualTo(3);
    }

    @Test
    void whatTheKernelRefusesAsARunIsSentApartAndNoMoreRunsAreTriedSoon() {
        Channel channel = from.channel();
        channel.config().setOption(NO_CHECKSUMS, 1);
        for (int round = 1; round <= 12; round++) {
            int sent = round * 3;
            together(() -> {
                for (int i = sent - 3; i < sent; i++) {
                    send(to, text(i, 80));
                }
            });
            network.await("they come apart", () -> one.texts.size() == sent);
        }
        for (int i = 0; i < 36; i++) {
            assertThat(one.texts.get(i)).isEqualTo(text(i, 80));
        }
        assertThat(from.segments()).as("after eight refusals").isFalse();
        assertThat(from.stats().failed()).isZero();
    }

    @Test
    void aRunThatCanGetNowhereFailsAloneAndOnceForEach() {
        InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        together(() -> {
            for (int i = 0; i < 3; i++) {
                from.send(
                        nowhere,
                        leaks.allocator().buffer().writeBytes(text(i, 50).getBytes(US_ASCII)));
                send(to, text(i, 50));
            }
            for (int i = 3; i < 6; i++) {
                from.send(
                        nowhere,
                        leaks.allocator().buffer().writeBytes(text(i, 50).getBytes(US_ASCII)));
            }
        });
        network.await("each fails", () -> from.stats().failed() == 6 && one.texts.size() == 3);
        assertThat(from.segments()).isTrue();
    }

    @Test
    void whatWasNotSentYetIsReleasedWhenTheSocketCloses() {
        together(() -> {
            send(to, text(1, 50));
            send(to, text(2, 50));
            from.close();
            assertThat(send(to, text(3, 50))).isEqualTo(DatagramOutcome.CLOSED);
        });
    }
}
