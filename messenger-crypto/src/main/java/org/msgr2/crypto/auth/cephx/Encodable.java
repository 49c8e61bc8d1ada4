package org.msgr2.crypto.auth.cephx;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireWriter;

/** A structure that can be written to the wire. */
@FunctionalInterface
interface Encodable {
    int BYTES_INITIAL = 128;

    void write(WireWriter out);

    /** Its bytes alone. */
    default Opaque encoded() {
        ByteBuf buffer = Unpooled.buffer(BYTES_INITIAL);
        write(new WireWriter(buffer));
        return Opaque.copyOf(ByteBufUtil.getBytes(buffer));
    }
}
