package org.msgr2.confd.calls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.Query;
import org.msgr2.confd.wire.QueryJson;
import org.msgr2.confd.wire.RequestType;
import org.msgr2.session.rpc.Codec;

/** {@code {"type": name, "query": …}}. */
enum QuestionCodec implements Codec<Question> {
    INSTANCE;

    @Override
    public ByteBuf encode(Question question, ByteBufAllocator allocator) {
        return RequestJson.write(allocator, out -> {
            out.writeStringField("type", question.type().label());
            out.writeFieldName("query");
            QueryJson.write(question.query(), Era.V3_0, out);
        });
    }

    @Override
    public Question decode(ByteBuf payload) throws IOException {
        @Nullable RequestType[] type = {null};
        Query[] query = {Query.NONE};
        RequestJson.read(payload, (name, in) -> {
            switch (name) {
                case "type" -> type[0] = type(RequestJson.text(in));
                case "query" -> query[0] = QueryJson.read(in);
                default -> in.skipChildren();
            }
        });
        if (type[0] == null) {
            throw new IOException("no type");
        }
        return new Question(type[0], query[0]);
    }

    private static @Nullable RequestType type(String label) {
        for (RequestType type : RequestType.values()) {
            if (type.label().equals(label)) {
                return type;
            }
        }
        return null;
    }
}
