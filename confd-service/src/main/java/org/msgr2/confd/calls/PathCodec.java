package org.msgr2.confd.calls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import org.msgr2.session.rpc.Codec;

/** {@code {"path": …}}; without, it is the whole. */
enum PathCodec implements Codec<String> {
    INSTANCE;

    @Override
    public ByteBuf encode(String path, ByteBufAllocator allocator) {
        return RequestJson.write(allocator, out -> out.writeStringField("path", path));
    }

    @Override
    public String decode(ByteBuf payload) throws IOException {
        String[] path = {""};
        RequestJson.read(payload, (name, in) -> {
            if (name.equals("path")) {
                path[0] = RequestJson.text(in);
            } else {
                in.skipChildren();
            }
        });
        return path[0];
    }
}
