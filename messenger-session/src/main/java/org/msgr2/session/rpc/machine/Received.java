package org.msgr2.session.rpc.machine;

import io.netty.buffer.ByteBuf;
import org.msgr2.core.wire.Opaque;

/** An item that has arrived. Whoever takes it owns the payload. */
public record Received(ByteBuf payload, Opaque token, boolean anew) {}
