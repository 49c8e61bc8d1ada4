package org.msgr2.confd.calls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.Query;
import org.msgr2.confd.wire.QueryJson;
import org.msgr2.session.rpc.Codec;

/** {@code {"query": …}}; without, nothing is asked about. */
enum QueryCodec implements Codec<Query> {
    INSTANCE;

    @Override
    public ByteBuf encode(Query query, ByteBufAllocator allocator) {
        return RequestJson.write(allocator, out -> {
            out.writeFieldName("query");
            QueryJson.write(query, Era.V3_0, out);
        });
    }

    @Override
    public Query decode(ByteBuf payload) throws IOException {
        Query[] query = {Query.NONE};
        RequestJson.read(payload, (name, in) -> {
            if (name.equals("query")) {
                query[0] = QueryJson.read(in);
            } else {
                in.skipChildren();
            }
        });
        return query[0];
    }
}
