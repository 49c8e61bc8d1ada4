package org.msgr2.session.rpc.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireException;

/** Whatever the bytes, they are an envelope within the limits or a typed fault. */
class CallEnvelopeFuzzTest {
    private static final Limits.Calls LIMITS = Limits.defaults().calls();
    private static final int ROUNDS = 50_000;

    private static @Nullable CallEnvelope read(byte[] bytes) {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        try {
            return CallEnvelope.read(buffer, LIMITS);
        } catch (WireException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return null;
        } finally {
            assertThat(buffer.readerIndex()).isZero();
        }
    }

    private static void check(@Nullable CallEnvelope envelope) {
        if (envelope instanceof CallEnvelope.Request request) {
            assertThat(request.service().length()).isLessThanOrEqualTo(LIMITS.nameBytesMax());
            assertThat(request.metadata()).hasSizeLessThanOrEqualTo(LIMITS.metadataEntriesMax());
            assertThat(request.remainingNs()).isNotNegative();
        }
    }

    @Test
    void garbageIsRefused() {
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            check(read(bytes));
        }
    }

    @Test
    void changedEnvelopesAreReadOrRefused() {
        List<CallEnvelope> all = CallEnvelopeTest.everyKind().toList();
        Random random = new Random(2);
        int understood = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuf buffer = Unpooled.buffer();
            all.get(random.nextInt(all.size())).write(buffer);
            byte[] bytes =
                    new byte[random.nextInt(4) == 0 ? random.nextInt(buffer.readableBytes()) : buffer.readableBytes()];
            buffer.readBytes(bytes);
            for (int change = random.nextInt(4); change > 0 && bytes.length > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            CallEnvelope envelope = read(bytes);
            check(envelope);
            understood += envelope == null ? 0 : 1;
        }
        assertThat(understood).isBetween(ROUNDS / 10, ROUNDS);
    }
}
