package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The two ways in which msgr2 uses the Castagnoli crc, both without the final inversion that the JDK applies: segments
 * start from all ones, preambles from 0 (spec/msgr2 §2.3). Not thread-safe: an instance reuses its state.
 */
final class Crc32c {
    /** crc of no bytes at all, from all ones. */
    static final int OF_EMPTY = -1;

    /** Turns a crc that started from all ones into one that started from 0, for exactly {@link Preamble#CRC_BYTES} bytes. */
    private static final int PREAMBLE_SEED_DIFFERENCE = 0x0836_3896;

    private final CRC32C crc = new CRC32C();

    /** Of {@code length} bytes from {@code index}, from all ones. Indices of the buffer stay. */
    int segment(ByteBuf bytes, int index, int length) {
        begin();
        add(bytes, index, length);
        return value();
    }

    /** Of no bytes yet. Nothing else may be computed before {@link #value} was asked for. */
    void begin() {
        crc.reset();
    }

    /** Of {@code length} more bytes. */
    void add(ByteBuf bytes, int index, int length) {
        if (bytes.hasArray()) {
            crc.update(bytes.array(), bytes.arrayOffset() + index, length);
        } else if (bytes.nioBufferCount() == 1) {
            crc.update(bytes.internalNioBuffer(index, length));
        } else {
            for (ByteBuffer part : bytes.nioBuffers(index, length)) {
                crc.update(part);
            }
        }
    }

    /** Of what was added since {@link #begin}, from all ones. */
    int value() {
        return ~(int) crc.getValue();
    }

    /** Of the readable bytes, from all ones. */
    int segment(ByteBuf bytes) {
        return segment(bytes, bytes.readerIndex(), bytes.readableBytes());
    }

    /** Of the preamble's first 28 bytes, from 0. */
    int preamble(ByteBuf bytes, int index) {
        return segment(bytes, index, Preamble.CRC_BYTES) ^ PREAMBLE_SEED_DIFFERENCE;
    }
}
