package org.msgr2.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LimitsTest {
    private static final Limits DEFAULTS = Limits.defaults();

    /** The only bounds of which 0 means something: no bound. */
    private static final Set<String> ZERO_ALLOWED = Set.of("dispatchBytesMax", "poisonBreaksMax");

    @Test
    void hasTheDocumentedDefaults() {
        assertThat(DEFAULTS.handshake()).isEqualTo(new Limits.Handshake(16384, 16384, 8192, 8192, 1024, 16, 16, 512));
        assertThat(DEFAULTS.frames())
                .isEqualTo(new Limits.Frames(65536, 4096, 128 << 20, 128 << 20, 256 << 20, 512 << 20, 32, 64));
        assertThat(DEFAULTS.queues()).isEqualTo(new Limits.Queues(16384, 64L << 20, 100L << 20, 4096, 65536, 5));
        assertThat(DEFAULTS.timeouts())
                .isEqualTo(new Limits.Timeouts(
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(15),
                        Duration.ofSeconds(30),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(15),
                        Duration.ofSeconds(5)));
    }

    @Test
    void costsAtMost64KibPerPeerBeforeReady() {
        assertThat(DEFAULTS.handshake().bytesPerPeerMax()).isEqualTo(64 * 1024);
        assertThat(new Limits.Handshake(1, 20, 300, 4000, 16, 1, 1, 1).bytesPerPeerMax())
                .isEqualTo(4341);
    }

    static Stream<Record> groups() {
        return Stream.of(DEFAULTS.handshake(), DEFAULTS.frames(), DEFAULTS.queues(), DEFAULTS.timeouts());
    }

    /** Every bound of a group, one after the other, with a value that cannot be meant. */
    @ParameterizedTest
    @MethodSource("groups")
    void refusesBoundsThatCannotBeMeant(Record group) throws ReflectiveOperationException {
        RecordComponent[] components = group.getClass().getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Constructor<?> constructor = group.getClass().getDeclaredConstructor(types);
        for (int i = 0; i < components.length; i++) {
            List<Object> values = new ArrayList<>();
            for (RecordComponent component : components) {
                values.add(component.getAccessor().invoke(group));
            }
            String name = components[i].getName();
            boolean zeroAllowed = ZERO_ALLOWED.contains(name);
            values.set(i, bad(types[i], zeroAllowed));
            assertThatThrownBy(() -> constructor.newInstance(values.toArray()))
                    .as(name)
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(name + " ");
        }
    }

    private static Object bad(Class<?> type, boolean zeroAllowed) {
        if (type == Duration.class) {
            return Duration.ZERO;
        }
        if (type == long.class) {
            return zeroAllowed ? -1L : 0L;
        }
        return zeroAllowed ? -1 : 0;
    }

    @Test
    void saysWhichBoundIsWrong() {
        assertThatThrownBy(() -> new Limits.Handshake(1, 1, 1, 1, 15, 1, 1, 1))
                .hasMessage("bannerPayloadBytesMax must be at least 16: 15");
        assertThatThrownBy(() -> new Limits.Frames(1, 40, 1, 1, 1, 1, 1, 1))
                .hasMessage("headerBytesMax must be at least 41: 40");
        assertThatThrownBy(() -> DEFAULTS.queues().withSend(-5, 1))
                .hasMessage("sendMessagesMax must be at least 1: -5");
        assertThatThrownBy(() -> DEFAULTS.queues().withDispatch(-1, 1))
                .hasMessage("dispatchBytesMax must not be negative: -1");
        assertThatThrownBy(() -> DEFAULTS.timeouts().withBackoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessage("backoffMax PT1S is less than backoffInitial PT2S");
    }

    @Test
    void changesOneGroupAtATime() {
        Limits.Handshake handshake = DEFAULTS.handshake().withPeersMax(3);
        Limits.Frames frames = DEFAULTS.frames().withMessageBytesMax(1000);
        Limits.Queues queues = DEFAULTS.queues()
                .withSend(1, 2)
                .withDispatch(0, 4)
                .withConnectionsMax(5)
                .withPoisonBreaksMax(6);
        Limits.Timeouts timeouts = DEFAULTS.timeouts()
                .withReady(Duration.ofSeconds(1))
                .withIdle(Duration.ofSeconds(2))
                .withKeepalive(Duration.ofSeconds(3))
                .withBackoff(Duration.ofSeconds(4), Duration.ofSeconds(4))
                .withStandby(Duration.ofSeconds(6));
        assertThat(handshake.peersMax()).isEqualTo(3);
        assertThat(handshake.bytesPerPeerMax()).isEqualTo(DEFAULTS.handshake().bytesPerPeerMax());
        assertThat(queues).isEqualTo(new Limits.Queues(1, 2, 0, 4, 5, 6));
        assertThat(timeouts)
                .isEqualTo(new Limits.Timeouts(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(5)));
        Limits.Services services = DEFAULTS.services().withShare(7, 8);
        assertThat(services.bytesMax()).isEqualTo(7);
        assertThat(services.messagesMax()).isEqualTo(8);
        Limits.Calls calls = DEFAULTS.calls()
                .withCallsMax(9)
                .withPayloadBytesMax(10)
                .withWindow(11, 12)
                .withBufferedBytesMax(13)
                .withSubscriptionsMax(14);
        assertThat(calls)
                .isEqualTo(new Limits.Calls(
                        9, 10, 11, 12, 13, 64, 32, 8192, 1024, 256, 14, 1024, 64, 256, Duration.ofSeconds(30)));
        assertThat(DEFAULTS.withHandshake(handshake)
                        .withFrames(frames)
                        .withQueues(queues)
                        .withTimeouts(timeouts)
                        .withServices(services)
                        .withCalls(calls))
                .isEqualTo(new Limits(handshake, frames, queues, timeouts, services, calls));
    }

    @Test
    void boundsSegmentsByTheWholeMessage() {
        Limits.Frames frames = DEFAULTS.frames().withMessageBytesMax(1000);
        assertThat(frames).isEqualTo(new Limits.Frames(65536, 4096, 1000, 1000, 1000, 1000, 32, 64));
        assertThat(DEFAULTS.frames().withMessageBytesMax(200 << 20).frontBytesMax())
                .isEqualTo(128 << 20);
    }
}
