package org.msgr2.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.crypto.auth.SessionKey;

class SignatureLogTest {
    private static final SessionKey KEY = SessionKey.of(new byte[] {1, 2, 3});

    @Test
    void coversExactlyWhatWasAddedInThatOrder() throws ProtocolException {
        byte[] bytes = new byte[3000];
        new Random(1).nextBytes(bytes);
        ByteBuf source = Unpooled.wrappedBuffer(bytes);
        SignatureLog log = new SignatureLog("sent", bytes.length);
        int added = 0;
        // Pieces of all sizes, empty ones among them, across several growths of the array.
        for (int size = 0; added < bytes.length; size = (size * 3 + 1) % 701) {
            int count = Math.min(size, bytes.length - added);
            log.add(source, added, count);
            added += count;
            assertThat(log.sign(KEY)).isEqualTo(KEY.sign(bytes, added));
        }
        assertThat(source.readerIndex()).isZero();
    }

    @Test
    void refusesTheFirstByteTooMany() throws ProtocolException {
        for (int max : new int[] {1, 511, 512, 513, 2000}) {
            SignatureLog log = new SignatureLog("received", max);
            log.add(Unpooled.wrappedBuffer(new byte[max]), 0, max);
            assertThatThrownBy(() -> log.add(Unpooled.wrappedBuffer(new byte[1]), 0, 1))
                    .isInstanceOfSatisfying(
                            ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.LIMIT))
                    .hasMessage("more than " + max + " bytes received before the signature");
        }
    }

    @Test
    void aPieceOfAnySizeCannotOverflowTheBound() {
        SignatureLog log = new SignatureLog("received", Integer.MAX_VALUE);
        assertThatThrownBy(() -> {
                    log.add(Unpooled.wrappedBuffer(new byte[10]), 0, 10);
                    log.add(Unpooled.EMPTY_BUFFER, 0, Integer.MAX_VALUE);
                })
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void takesNothingMoreOnceItIsStopped() throws ProtocolException {
        byte[] bytes = {1, 2, 3, 4, 5, 6};
        SignatureLog log = new SignatureLog("sent", 4);
        log.add(Unpooled.wrappedBuffer(bytes), 0, 4);
        log.stop();
        log.add(Unpooled.wrappedBuffer(bytes), 4, 2);
        assertThat(log.sign(KEY)).isEqualTo(KEY.sign(Arrays.copyOf(bytes, 4), 4));
    }

    @Test
    void forgetsEverythingWhenItIsCleared() throws ProtocolException {
        SignatureLog log = new SignatureLog("sent", 100);
        log.add(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}), 0, 3);
        log.clear();
        assertThat(log.sign(KEY)).isEqualTo(KEY.sign(new byte[0], 0));
        log.add(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}), 0, 3);
        assertThat(log.sign(KEY)).isEqualTo(KEY.sign(new byte[0], 0));
    }
}
