package org.msgr2.confd.calls;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Requests are one flat JSON object. Members that are not known are ignored, so that callers can be newer. */
final class RequestJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private RequestJson() {}

    /** Writes the members. */
    @FunctionalInterface
    interface Members {
        void write(JsonGenerator out) throws IOException;
    }

    /** Reads the value of a member, or skips it. */
    @FunctionalInterface
    interface Member {
        void read(String name, JsonParser in) throws IOException;
    }

    static ByteBuf write(ByteBufAllocator allocator, Members members) {
        ByteBuf payload = allocator.buffer();
        try (OutputStream bytes = new ByteBufOutputStream(payload);
                JsonGenerator out = FACTORY.createGenerator(bytes)) {
            out.writeStartObject();
            members.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            payload.release();
            throw new UncheckedIOException(e);
        }
        return payload;
    }

    static void read(ByteBuf payload, Member member) throws IOException {
        try (InputStream bytes = new ByteBufInputStream(payload);
                JsonParser in = FACTORY.createParser(bytes)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no object");
            }
            String name;
            while ((name = in.nextFieldName()) != null) {
                in.nextToken();
                member.read(name, in);
            }
            if (in.nextToken() != null) {
                throw new IOException("more than an object");
            }
        }
    }

    static String text(JsonParser in) throws IOException {
        if (!in.hasToken(JsonToken.VALUE_STRING)) {
            throw new IOException("no text");
        }
        return in.getText();
    }
}
