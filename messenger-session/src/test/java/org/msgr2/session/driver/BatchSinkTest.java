package org.msgr2.session.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.Loop;

class BatchSinkTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final NotingStream stream = new NotingStream();
    private final BatchSink sink = new BatchSink(stream);

    /** Keeps the bytes that are written, and the sizes of the pieces; 0 is a flush. */
    private final class NotingStream implements ByteStream {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<Integer> writes = new ArrayList<>();
        int largest;

        @Override
        public void write(ByteBuf buffer) {
            writes.add(buffer.readableBytes());
            largest = Math.max(largest, buffer.capacity());
            bytes.writeBytes(ByteBufUtil.getBytes(buffer));
            buffer.release();
        }

        @Override
        public void flush() {
            writes.add(0);
        }

        @Override
        public ByteBufAllocator allocator() {
            return leaks.allocator();
        }

        @Override
        public Loop loop() {
            throw new AssertionError("a sink needs no loop");
        }

        @Override
        public EntityAddr localAddr() {
            return EntityAddr.BLANK;
        }

        @Override
        public EntityAddr remoteAddr() {
            return EntityAddr.BLANK;
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void setReading(boolean reading) {
            throw new AssertionError("a sink does not read");
        }

        @Override
        public void moveTo(Loop loop, Runnable moved) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setReadBufferBytes(int bytes) {
            throw new AssertionError("a sink does not read");
        }

        @Override
        public void close() {
            throw new AssertionError("a sink does not close");
        }

        @Override
        public void finish() {
            throw new AssertionError("a sink does not close");
        }
    }

    private void put(int... values) {
        ByteBuf room = sink.reserve(values.length);
        for (int value : values) {
            room.writeByte(value);
        }
    }

    @Test
    void smallPiecesLeaveInOneWriteAndOneFlush() {
        put(1, 2);
        put(3);
        put(4, 5, 6);
        assertThat(stream.writes).isEmpty();
        sink.flush();
        assertThat(stream.writes).containsExactly(6, 0);
        assertThat(stream.bytes.toByteArray()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void largeSegmentsKeepTheirPlaceBetweenSmallPieces() {
        put(1);
        sink.append(leaks.allocator().buffer(3).writeBytes(new byte[] {2, 3, 4}));
        put(5);
        sink.append(leaks.allocator().buffer(1).writeBytes(new byte[] {6}));
        sink.flush();
        assertThat(stream.bytes.toByteArray()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(stream.writes).containsExactly(1, 3, 1, 1, 0);
    }

    @Test
    void withoutBytesThereIsNoFlush() {
        sink.flush();
        sink.reserve(100);
        sink.flush();
        assertThat(stream.writes).isEmpty();
        assertThat(leaks.heldBytes()).isZero();
        put(1);
        sink.flush();
        sink.flush();
        assertThat(stream.writes).containsExactly(1, 0);
    }

    @Test
    void thereIsAlwaysAsMuchRoomAsWasAskedFor() {
        Random random = new Random(4);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = 0; i < 5000; i++) {
            int size = random.nextInt(random.nextInt(20) == 0 ? 100_000 : 300);
            ByteBuf room = sink.reserve(size);
            assertThat(room.writableBytes()).isGreaterThanOrEqualTo(size);
            byte[] bytes = new byte[random.nextInt(size + 1)];
            random.nextBytes(bytes);
            room.writeBytes(bytes);
            expected.writeBytes(bytes);
            if (random.nextInt(50) == 0) {
                sink.flush();
            }
        }
        sink.flush();
        assertThat(stream.bytes.toByteArray()).isEqualTo(expected.toByteArray());
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    void theBufferGrowsWithWhatPassesNeedAndShrinksAgain() {
        put(1);
        assertThat(leaks.heldBytes()).isEqualTo(512);
        sink.flush();
        for (int pass = 0; pass < 20; pass++) {
            for (int i = 0; i < 1000; i++) {
                sink.reserve(100).writeZero(100);
            }
            sink.flush();
        }
        assertThat(stream.largest).isEqualTo(64 * 1024);
        for (int pass = 0; pass < 100; pass++) {
            put(1);
            sink.flush();
        }
        put(1);
        assertThat(leaks.heldBytes()).isEqualTo(512);
        sink.flush();
    }

    @Test
    void whatIsDiscardedIsNeitherWrittenNorKept() {
        put(1, 2, 3);
        sink.discard();
        sink.discard();
        assertThat(leaks.heldBytes()).isZero();
        sink.flush();
        assertThat(stream.writes).isEmpty();
    }
}
