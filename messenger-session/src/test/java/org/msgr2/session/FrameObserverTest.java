package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.MessageType;
import org.msgr2.session.FrameObserver.ObservedFrame;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/** What is told of the frames that go by. */
class FrameObserverTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final int BANNER_BYTES = 26;

    private final List<ObservedFrame> atClient = new ArrayList<>();
    private final List<ObservedFrame> atServer = new ArrayList<>();
    private final RecordingDispatcher heard = new RecordingDispatcher();

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    private static List<ObservedFrame> only(List<ObservedFrame> frames, boolean written) {
        return frames.stream().filter(frame -> frame.written() == written).toList();
    }

    /** One direction as both ends have seen it: the same frames, without a gap from the banner on. */
    private static void assertSame(List<ObservedFrame> written, List<ObservedFrame> read, Tag... tags) {
        assertThat(written).extracting(ObservedFrame::tag).containsExactly(tags);
        assertThat(read).extracting(ObservedFrame::tag).containsExactly(tags);
        long at = BANNER_BYTES;
        for (int i = 0; i < tags.length; i++) {
            ObservedFrame sent = written.get(i);
            ObservedFrame got = read.get(i);
            assertThat(sent.offset()).isEqualTo(at);
            assertThat(got.offset()).isEqualTo(at);
            assertThat(got.bytes()).isEqualTo(sent.bytes()).isPositive();
            assertThat(got.local()).isEqualTo(sent.remote());
            assertThat(got.remote()).isEqualTo(sent.local());
            assertThat(got.dialled()).isNotEqualTo(sent.dialled());
            at += sent.bytes();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bothEndsSeeTheSameFramesInTheSamePlaces(boolean rev1) {
        BannerFeatures features = rev1 ? BannerFeatures.REVISION_1 : BannerFeatures.NONE;
        Messenger server = start(messenger("osd.3")
                .bannerFeatures(features, BannerFeatures.NONE)
                .frameObserver(atServer::add)
                .service(new EchoService()));
        Messenger client = start(messenger("client.7")
                .bannerFeatures(features, BannerFeatures.NONE)
                .frameObserver(atClient::add)
                .dispatcher(heard));
        EntityAddr addr = bind(server);
        Connection connection = client.connect(EntityType.OSD, addr);
        // The second one's segment is passed on by reference.
        connection.send(message(MessageType.ECHO.code(), 1, 100));
        connection.send(message(MessageType.ECHO.code(), 2, 100_000));
        network.await("the echo", () -> heard.messages().size() == 2);

        assertSame(
                only(atClient, true),
                only(atServer, false),
                Tag.HELLO,
                Tag.AUTH_REQUEST,
                Tag.AUTH_SIGNATURE,
                Tag.CLIENT_IDENT,
                Tag.MESSAGE,
                Tag.MESSAGE);
        assertSame(
                only(atServer, true),
                only(atClient, false),
                Tag.HELLO,
                Tag.AUTH_DONE,
                Tag.AUTH_SIGNATURE,
                Tag.SERVER_IDENT,
                Tag.MESSAGE,
                Tag.MESSAGE);
        assertThat(atClient).allMatch(ObservedFrame::dialled);
        assertThat(atClient).extracting(ObservedFrame::remote).containsOnly(addr.withNonce(0));
    }

    /** A bug of the observer's is not taken for one of the peer's, and leaks nothing. */
    @Test
    void anObserverThatThrowsEndsTheConnection() {
        Messenger server = start(messenger("osd.3").service(new EchoService()));
        EntityAddr addr = bind(server);
        Messenger client = start(messenger("client.7").dispatcher(heard).frameObserver(frame -> {
            if (frame.tag() == Tag.MESSAGE && !frame.written()) {
                throw new IllegalStateException("a bug");
            }
        }));
        Connection connection = client.connect(EntityType.OSD, addr);
        network.get("ready", connection.ready());
        try (LogCapture log = LogCapture.of("org.msgr2.session.driver")) {
            connection.send(message(MessageType.ECHO.code(), 1, 100));
            network.get("closed", connection.closed());
            assertThat(log.lines()).anyMatch(line -> line.contains("internal error"));
        }
        assertThat(heard.messages()).isEmpty();
    }
}
