package org.msgr2.examples.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ByteSink;
import org.msgr2.core.frame.CrcFrameDecoder;
import org.msgr2.core.frame.CrcFrameEncoder;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameBounds;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.OutFrame;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.wire.Limits;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one MESSAGE frame costs in crc mode, both ways, against the limit that no codec can beat: the crcs of the payload at
 * either end and the one copy into the receiver's buffer.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class FrameCodecBenchmark {
    /** Bytes of the data segment. */
    @Param({"64", "4096", "65536"})
    public int bytes;

    private Message message;
    private OutFrame frame;
    private CrcFrameEncoder encoder;
    private FrameDecoder decoder;
    private ByteBuf wire;
    private ByteBuf copy;
    private Appending sink;
    private CRC32C crc;
    private long seq;

    private record Appending(ByteBuf buffer) implements ByteSink {
        @Override
        public ByteBuf reserve(int bytes) {
            return buffer;
        }

        @Override
        public void append(ByteBuf segment) {
            buffer.writeBytes(segment);
            segment.release();
        }
    }

    @Setup
    public void setUp() {
        Limits limits = Limits.defaults();
        message = Message.builder(MessageType.OSD_OP)
                .data(Unpooled.wrappedBuffer(new byte[bytes]))
                .build();
        frame = new OutFrame(limits.frames().controlBytesMax());
        encoder = new CrcFrameEncoder(Revision.MSGR2_1);
        decoder = new CrcFrameDecoder(
                Revision.MSGR2_1, limits, FrameBounds.session(limits), PooledByteBufAllocator.DEFAULT);
        wire = PooledByteBufAllocator.DEFAULT.heapBuffer(bytes + 256);
        copy = PooledByteBufAllocator.DEFAULT.heapBuffer(bytes);
        sink = new Appending(wire);
        crc = new CRC32C();
    }

    @TearDown
    public void tearDown() {
        message.release();
        decoder.close();
        wire.release();
        copy.release();
    }

    /** Encodes a frame into one buffer and decodes it again. */
    @Benchmark
    public long codec() throws ProtocolException {
        wire.clear();
        frame.message(message, ++seq, 0);
        do {
            encoder.encode(frame, sink);
        } while (frame.hasRest());
        if (decoder.next(wire) != FrameDecoder.Result.NEED_ADMISSION) {
            throw new IllegalStateException("expected a message");
        }
        decoder.admit();
        if (decoder.next(wire) != FrameDecoder.Result.FRAME) {
            throw new IllegalStateException("expected the whole frame");
        }
        Frame received = decoder.take();
        long length = received.preamble().payloadBytes();
        received.release();
        return length;
    }

    /** Two crcs and two copies of the payload, and nothing else: what the codec is measured against. */
    @Benchmark
    public long limit() {
        wire.clear();
        ByteBuf data = message.data();
        wire.writeBytes(data, data.readerIndex(), bytes);
        crc.reset();
        crc.update(data.array(), data.arrayOffset() + data.readerIndex(), bytes);
        long sent = crc.getValue();
        copy.clear();
        copy.writeBytes(wire, bytes);
        crc.reset();
        crc.update(copy.array(), copy.arrayOffset(), bytes);
        return sent ^ crc.getValue();
    }
}
