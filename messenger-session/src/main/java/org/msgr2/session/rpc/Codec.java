package org.msgr2.session.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * How a value travels. Implementations are thread-safe; they run on the thread that calls or is called, never on an event loop.
 * JSON is {@code org.msgr2.session.rpc.json.JsonCodec}.
 */
public interface Codec<T> {

    /** @return a buffer of the allocator, or any other; owned by the caller */
    ByteBuf encode(T value, ByteBufAllocator allocator);

    /**
     * @param payload borrowed; hostile, for all you know
     * @throws IOException if it is no such value; so does any unchecked exception
     */
    T decode(ByteBuf payload) throws IOException;

    /** Bytes as they are. */
    static Codec<byte[]> bytes() {
        return new Codec<>() {
            @Override
            public ByteBuf encode(byte[] value, ByteBufAllocator allocator) {
                return allocator.buffer(Math.max(1, value.length)).writeBytes(value);
            }

            @Override
            public byte[] decode(ByteBuf payload) {
                byte[] value = new byte[payload.readableBytes()];
                payload.readBytes(value);
                return value;
            }
        };
    }

    /**
     * Bytes as they are, without a copy: {@code encode} takes the buffer over, and who gets a decoded one owns it and has to
     * release it.
     */
    static Codec<ByteBuf> buffers() {
        return new Codec<>() {
            @Override
            public ByteBuf encode(ByteBuf value, ByteBufAllocator allocator) {
                return value;
            }

            @Override
            public ByteBuf decode(ByteBuf payload) {
                return payload.retainedSlice();
            }
        };
    }

    /** Text in UTF-8, and nothing else. */
    static Codec<String> utf8() {
        return new Codec<>() {
            @Override
            public ByteBuf encode(String value, ByteBufAllocator allocator) {
                return bytes().encode(value.getBytes(StandardCharsets.UTF_8), allocator);
            }

            @Override
            public String decode(ByteBuf payload) throws IOException {
                ByteBuffer text = ByteBuffer.wrap(bytes().decode(payload));
                try {
                    return StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(text)
                            .toString();
                } catch (CharacterCodingException e) {
                    throw new IOException("not UTF-8", e);
                }
            }
        };
    }
}
