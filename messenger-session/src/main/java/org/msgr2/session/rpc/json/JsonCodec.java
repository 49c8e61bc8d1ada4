package org.msgr2.session.rpc.json;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.msgr2.session.rpc.Codec;

/**
 * Values as JSON. Fields that the reader does not know are ignored, so that either end can be newer; anything behind the value is
 * refused. Types that the peer names are never instantiated. Immutable and thread-safe.
 */
@SuppressWarnings("exports") // who gives a mapper has Jackson
public final class JsonCodec<T> implements Codec<T> {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final ObjectReader reader;
    private final ObjectWriter writer;

    private JsonCodec(ObjectMapper mapper, JavaType type) {
        reader = mapper.readerFor(type);
        writer = mapper.writerFor(type);
    }

    /** For a class: a record, say. */
    public static <T> JsonCodec<T> of(Class<T> type) {
        return new JsonCodec<>(MAPPER, MAPPER.constructType(type));
    }

    /** The same as that mapper has it. The mapper is shared, and must not change any more. */
    public static <T> JsonCodec<T> of(Class<T> type, ObjectMapper mapper) {
        return new JsonCodec<>(mapper, mapper.constructType(type));
    }

    @Override
    public ByteBuf encode(T value, ByteBufAllocator allocator) {
        ByteBuf payload = allocator.buffer();
        try (OutputStream out = new ByteBufOutputStream(payload)) {
            writer.writeValue(out, value);
            return payload;
        } catch (IOException e) {
            payload.release();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            payload.release();
            throw e;
        }
    }

    @Override
    public T decode(ByteBuf payload) throws IOException {
        try (InputStream in = new ByteBufInputStream(payload)) {
            T value = reader.readValue(in);
            if (value == null) {
                throw new IOException("null is no value");
            }
            return value;
        }
    }
}
