package org.msgr2.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.session.handshake.HandshakeFixture.REMOTE;
import static org.msgr2.session.handshake.HandshakeFixture.TARGET;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.CrcFrameEncoder;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.session.handshake.Handshake.Status;

/** Every frame at every moment at which it may come, and at every other. */
class HandshakeOrderTest {
    private static final CrcFrameEncoder ENCODER = new CrcFrameEncoder(Revision.MSGR2_1);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private HandshakeFixture fixture;

    @BeforeEach
    void prepare() {
        fixture = new HandshakeFixture(leaks.allocator());
    }

    /** What an end waits for, and which frames may come then. */
    enum Moment {
        CONNECTOR_WAITS_FOR_HELLO(true, 1),
        CONNECTOR_WAITS_FOR_AUTH(true, 2),
        CONNECTOR_WAITS_FOR_SIGNATURE(true, 3),
        ACCEPTOR_WAITS_FOR_HELLO(false, 1),
        ACCEPTOR_WAITS_FOR_REQUEST(false, 2),
        ACCEPTOR_WAITS_FOR_MORE(false, 3),
        ACCEPTOR_WAITS_FOR_SIGNATURE(false, 4);

        private final boolean connecting;
        /** How many have come by then, the banner first. */
        private final int frames;

        Moment(boolean connecting, int frames) {
            this.connecting = connecting;
            this.frames = frames;
        }

        Set<Tag> allowed() {
            return switch (this) {
                case CONNECTOR_WAITS_FOR_HELLO, ACCEPTOR_WAITS_FOR_HELLO -> EnumSet.of(Tag.HELLO);
                case CONNECTOR_WAITS_FOR_AUTH -> EnumSet.of(Tag.AUTH_BAD_METHOD, Tag.AUTH_REPLY_MORE, Tag.AUTH_DONE);
                case ACCEPTOR_WAITS_FOR_REQUEST -> EnumSet.of(Tag.AUTH_REQUEST);
                case ACCEPTOR_WAITS_FOR_MORE -> EnumSet.of(Tag.AUTH_REQUEST_MORE);
                case CONNECTOR_WAITS_FOR_SIGNATURE, ACCEPTOR_WAITS_FOR_SIGNATURE -> EnumSet.of(Tag.AUTH_SIGNATURE);
            };
        }
    }

    private static Map<Tag, byte[]> everyFrame() throws ProtocolException {
        EntityAddrVec addrs = EntityAddrVec.of(TARGET);
        CephFeatures all = CephFeatures.PACIFIC;
        Opaque payload = Opaque.copyOf(new byte[] {1});
        Map<Tag, byte[]> frames = new EnumMap<>(Tag.class);
        for (ControlFrame frame : List.of(
                new ControlFrame.Hello(EntityType.MON, REMOTE),
                new ControlFrame.AuthRequest(2, List.of(1), payload),
                new ControlFrame.AuthBadMethod(2, -95, List.of(1), List.of(1)),
                new ControlFrame.AuthReplyMore(payload),
                new ControlFrame.AuthRequestMore(payload),
                new ControlFrame.AuthDone(1, 1, payload),
                new ControlFrame.AuthSignature(Opaque.zeros(32)),
                new ControlFrame.ClientIdent(addrs, TARGET, -1, 1, all, all, 1, 0),
                new ControlFrame.ServerIdent(addrs, 0, 1, all, all, 1, 0),
                new ControlFrame.IdentMissingFeatures(all),
                new ControlFrame.SessionReconnect(addrs, 1, 2, 3, 4, 5),
                new ControlFrame.SessionReset(true),
                new ControlFrame.SessionRetry(1),
                new ControlFrame.SessionRetryGlobal(1),
                new ControlFrame.SessionReconnectOk(1),
                new ControlFrame.Wait(),
                new ControlFrame.Keepalive2(UTime.ZERO),
                new ControlFrame.Keepalive2Ack(UTime.ZERO),
                new ControlFrame.Ack(1),
                new ControlFrame.CompressionRequest(false, List.of()),
                new ControlFrame.CompressionDone(false, 0))) {
            frames.put(frame.tag(), FrameBytes.of(ENCODER, frame));
        }
        Message message = Message.builder(MessageType.PING)
                .front(Unpooled.wrappedBuffer(new byte[100]))
                .build();
        frames.put(Tag.MESSAGE, FrameBytes.of(ENCODER, message, 1, 0));
        message.release();
        assertThat(frames).containsOnlyKeys(Tag.values());
        return frames;
    }

    /** The frames that bring an end to a moment. */
    private static List<byte[]> way(Moment moment) throws ProtocolException {
        Map<Tag, byte[]> frames = everyFrame();
        byte[] banner = {'c', 'e', 'p', 'h', ' ', 'v', '2', '\n', 16, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        };
        List<byte[]> all = moment.connecting
                ? List.of(banner, frames.get(Tag.HELLO), frames.get(Tag.AUTH_DONE))
                : List.of(
                        banner, frames.get(Tag.HELLO), frames.get(Tag.AUTH_REQUEST), frames.get(Tag.AUTH_REQUEST_MORE));
        return all.subList(0, moment.frames);
    }

    private HandshakeEnd at(Moment moment) throws ProtocolException {
        HandshakeEnd end = moment.connecting
                ? fixture.connecting(new ScriptedAuth())
                : fixture.accepting(new ScriptedAuth().rounds(1).name(EntityName.parse("mon.a")));
        for (byte[] frame : way(moment)) {
            assertThat(end.feed(frame)).isEqualTo(Status.NEED_BYTES);
        }
        return end;
    }

    @ParameterizedTest
    @EnumSource
    @Scenario({"F27", "F28", "P29"})
    void onlyTheFramesOfTheMomentAreTaken(Moment moment) throws ProtocolException {
        for (Map.Entry<Tag, byte[]> frame : everyFrame().entrySet()) {
            Tag tag = frame.getKey();
            try (HandshakeEnd end = at(moment)) {
                if (moment.allowed().contains(tag)) {
                    end.feed(frame.getValue());
                    continue;
                }
                int sent = end.sent().length;
                assertThatThrownBy(() -> end.feed(frame.getValue()))
                        .as(moment + " " + tag)
                        .isInstanceOfSatisfying(
                                ProtocolException.class,
                                e -> assertThat(e.kind()).isEqualTo(FaultKind.SEQUENCE))
                        .hasMessageStartingWith(tag + ": ");
                assertThat(end.sent()).as("nothing is answered").hasSize(sent);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("F26")
    void unknownTagsAreRefused(Moment moment) throws ProtocolException {
        for (int tag : new int[] {0, 23, 255}) {
            try (HandshakeEnd end = at(moment)) {
                byte[] frame = RawFrame.of(Revision.MSGR2_1, tag, new byte[8]).bytes();
                assertThatThrownBy(() -> end.feed(frame)).isInstanceOf(ProtocolException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("F21")
    void framesOfMoreThanAFewKibAreRefusedByTheirPreamble(Moment moment) throws ProtocolException {
        for (long length : new long[] {16 * 1024 + 1, 1 << 20, 0xffff_ffffL}) {
            Tag tag = moment.allowed().iterator().next();
            byte[] preamble = RawFrame.of(Revision.MSGR2_1, tag.code(), new byte[1])
                    .length(0, length)
                    .preamble();
            try (HandshakeEnd end = at(moment)) {
                assertThatThrownBy(() -> end.feed(preamble))
                        .isInstanceOfSatisfying(
                                ProtocolException.class,
                                e -> assertThat(e.kind()).isEqualTo(FaultKind.LIMIT))
                        .hasMessage(tag + ": segment of " + length + " bytes, at most 16384 are accepted");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("F22")
    void emptyFramesAreRefused(Moment moment) throws ProtocolException {
        for (Tag tag : moment.allowed()) {
            try (HandshakeEnd end = at(moment)) {
                byte[] empty =
                        RawFrame.of(Revision.MSGR2_1, tag.code(), new byte[0]).bytes();
                assertThatThrownBy(() -> end.feed(empty))
                        .isInstanceOf(ProtocolException.class)
                        .hasMessage(tag + ": empty segment");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("F25")
    void bytesBehindTheKnownFieldsAreIgnored(Moment moment) throws ProtocolException {
        for (Tag tag : moment.allowed()) {
            byte[] frame = everyFrame().get(tag);
            byte[] longer = Arrays.copyOf(Arrays.copyOfRange(frame, 32, frame.length - 4), frame.length + 20);
            try (HandshakeEnd end = at(moment)) {
                end.feed(RawFrame.of(Revision.MSGR2_1, tag.code(), longer).bytes());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void payloadsThatEndEarlyAreRefusedByField(Moment moment) throws ProtocolException {
        for (Tag tag : moment.allowed()) {
            byte[] frame = everyFrame().get(tag);
            for (int length = 1; length < frame.length - 36; length++) {
                byte[] shorter = Arrays.copyOfRange(frame, 32, 32 + length);
                try (HandshakeEnd end = at(moment)) {
                    byte[] cut =
                            RawFrame.of(Revision.MSGR2_1, tag.code(), shorter).bytes();
                    assertThatThrownBy(() -> end.feed(cut))
                            .isInstanceOfSatisfying(
                                    ProtocolException.class,
                                    e -> assertThat(e.kind()).isEqualTo(FaultKind.MALFORMED))
                            .hasMessageStartingWith(tag + ": ");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingAtAnyMomentKeepsNothing(Moment moment) throws ProtocolException {
        for (Tag tag : moment.allowed()) {
            byte[] frame = everyFrame().get(tag);
            for (int length = 0; length < frame.length; length++) {
                try (HandshakeEnd end = at(moment)) {
                    end.feed(Arrays.copyOf(frame, length));
                    end.handshake().close();
                }
                assertThat(leaks.heldBytes()).isZero();
            }
        }
    }

    @Test
    void closingWithoutTakingTheResultKeepsNothing() throws ProtocolException {
        try (HandshakeEnd end = at(Moment.CONNECTOR_WAITS_FOR_SIGNATURE)) {
            Handshake handshake = end.handshake();
            assertThat(handshake.bytes(Unpooled.wrappedBuffer(everyFrame().get(Tag.AUTH_SIGNATURE))))
                    .isEqualTo(Status.DONE);
            handshake.close();
            handshake.close();
            assertThatThrownBy(handshake::secured).isInstanceOf(IllegalStateException.class);
        }
    }
}
