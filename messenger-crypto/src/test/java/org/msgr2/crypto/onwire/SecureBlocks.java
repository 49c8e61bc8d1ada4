package org.msgr2.crypto.onwire;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The plaintext of a frame's blocks in secure mode, put together by hand from its preamble and segments (spec/msgr2 §2.5).
 *
 * @param plain what was recorded in full; of a truncated frame the last block is missing
 * @param operations how many blocks the frame has
 */
record SecureBlocks(List<byte[]> plain, int operations) {
    private static final int INLINE_BYTES = 48;
    private static final byte COMPLETE = 0x0e;

    /** @param frame with {@code plain_preamble} and {@code plain_segments} */
    static SecureBlocks recorded(JsonNode frame) {
        byte[][] segments = new byte[4][];
        for (int i = 0; i < segments.length; i++) {
            segments[i] =
                    HexFormat.of().parseHex(frame.get("plain_segments").get(i).asText());
        }
        return of(HexFormat.of().parseHex(frame.get("plain_preamble").asText()), segments);
    }

    static SecureBlocks of(byte[] preamble, byte[]... segments) {
        ByteBuffer fields = ByteBuffer.wrap(preamble).order(ByteOrder.LITTLE_ENDIAN);
        int used = preamble[1];
        List<byte[]> plain = new ArrayList<>();
        byte[] first = Arrays.copyOf(segments[0], Math.max(INLINE_BYTES, padded(segments[0].length)));
        plain.add(ByteBuffer.allocate(32 + INLINE_BYTES)
                .put(preamble)
                .put(first, 0, INLINE_BYTES)
                .array());
        int operations = 1;
        if (first.length > INLINE_BYTES) {
            plain.add(Arrays.copyOfRange(first, INLINE_BYTES, first.length));
            operations++;
        }
        if (used > 1) {
            operations++;
            int bytes = 16;
            boolean whole = true;
            for (int i = 1; i < used; i++) {
                int length = fields.getInt(2 + 6 * i);
                whole &= length == segments[i].length;
                bytes += padded(length);
            }
            if (whole) {
                plain.add(payload(used, bytes, segments));
            }
        }
        return new SecureBlocks(plain, operations);
    }

    private static byte[] payload(int used, int bytes, byte[][] segments) {
        ByteBuffer payload = ByteBuffer.allocate(bytes);
        for (int i = 1; i < used; i++) {
            payload.put(Arrays.copyOf(segments[i], padded(segments[i].length)));
        }
        return payload.put(COMPLETE).array();
    }

    /** In rev0 the whole frame is one block, with an epilogue of 16 bytes, the status of a complete frame being 0. */
    static byte[] rev0(byte[] preamble, byte[] segment) {
        return ByteBuffer.allocate(32 + padded(segment.length) + 16)
                .put(preamble)
                .put(segment)
                .array();
    }

    private static int padded(int length) {
        return (length + 15) & ~15;
    }
}
