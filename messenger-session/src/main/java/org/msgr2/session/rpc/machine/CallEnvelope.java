package org.msgr2.session.rpc.machine;

import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.session.rpc.CallStatus;

/**
 * What a SERVICE_CALL message says: its front. The tid of the message is the number that the caller gave the call, the data is
 * the payload. Little-endian, in a versioned structure, so that a newer peer can append to it:
 *
 * <pre>
 * u8 struct_v = 1, u8 compat_v = 1, u32 length { u8 kind, u8 flags, by kind:
 *   1 REQUEST  string service, string method, u64 remaining ns (0: no deadline), u32 items, u32 bytes (credit for the
 *              callee's items), blob token, u32 n { string name, string value }       payload: the request
 *   2 ITEM     blob token                                                              payload: the item
 *   3 END      the caller has no more items
 *   4 CREDIT   u32 items, u32 bytes
 *   5 STATUS   u16 status, s32 code, string text                                       payload: the only answer
 *   6 CANCEL
 *   7 PROBE    asks whether the call is known; answered, if it is not, by STATUS OUTCOME_UNKNOWN or CANCEL
 * }
 * flags: 1 said by the caller, 2 the caller sends items, 4 the callee sends items, 8 a subscription, 16 it begins anew
 * </pre>
 *
 * Immutable.
 */
public sealed interface CallEnvelope {
    int VERSION = 1;

    int CALLER_STREAMS = 2;
    int CALLEE_STREAMS = 4;
    int SUBSCRIBES = 8;

    /** What is said. */
    enum Kind {
        REQUEST(1),
        ITEM(2),
        END(3),
        CREDIT(4),
        STATUS(5),
        CANCEL(6),
        PROBE(7);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** Null for one that only a newer peer knows. */
        static @Nullable Kind ofCode(int code) {
            return 1 <= code && code <= values().length ? values()[code - 1] : null;
        }
    }

    Kind kind();

    /** Whether the one who has begun the call says it. */
    boolean fromCaller();

    /** What is only said of this kind, besides who says it. */
    default int moreFlags() {
        return 0;
    }

    void writeBody(WireWriter out);

    /** Whether a payload may go with it. */
    default boolean carriesPayload() {
        return switch (kind()) {
            case REQUEST, ITEM, STATUS -> true;
            default -> false;
        };
    }

    /**
     * A call begins.
     *
     * @param shape of {@link #CALLER_STREAMS}, {@link #CALLEE_STREAMS} and {@link #SUBSCRIBES}
     * @param remainingNs until the deadline, when it was sent; 0 if there is none
     * @param items credit for the callee's items
     * @param bytes the same in bytes
     * @param token to resume a subscription from; empty to begin
     */
    record Request(
            int shape,
            String service,
            String method,
            long remainingNs,
            long items,
            long bytes,
            Opaque token,
            Map<String, String> metadata)
            implements CallEnvelope {
        public Request {
            metadata = Map.copyOf(metadata);
        }

        /** The same when it is so much later. */
        public Request withRemaining(long leftNs) {
            return new Request(shape, service, method, leftNs, items, bytes, token, metadata);
        }

        @Override
        public Kind kind() {
            return Kind.REQUEST;
        }

        @Override
        public boolean fromCaller() {
            return true;
        }

        @Override
        public int moreFlags() {
            return shape;
        }

        @Override
        public void writeBody(WireWriter out) {
            out.string(service)
                    .string(method)
                    .u64(remainingNs)
                    .u32(items)
                    .u32(bytes)
                    .blob(token)
                    .u32(metadata.size());
            metadata.forEach((name, value) -> out.string(name).string(value));
        }
    }

    /**
     * One item of a stream.
     *
     * @param token a subscription can be resumed after this item with it; empty otherwise
     * @param anew a subscription could not go on after the token that was given: what was told before is void
     */
    record Item(boolean fromCaller, Opaque token, boolean anew) implements CallEnvelope {
        private static final int ANEW = 16;

        @Override
        public Kind kind() {
            return Kind.ITEM;
        }

        @Override
        public int moreFlags() {
            return anew ? ANEW : 0;
        }

        @Override
        public void writeBody(WireWriter out) {
            out.blob(token);
        }
    }

    /** The caller has no more items. */
    record End() implements CallEnvelope {
        @Override
        public Kind kind() {
            return Kind.END;
        }

        @Override
        public boolean fromCaller() {
            return true;
        }

        @Override
        public void writeBody(WireWriter out) {}
    }

    /** So much more may be sent. */
    record Credit(boolean fromCaller, long items, long bytes) implements CallEnvelope {
        @Override
        public Kind kind() {
            return Kind.CREDIT;
        }

        @Override
        public void writeBody(WireWriter out) {
            out.u32(items).u32(bytes);
        }
    }

    /** The call has ended at the callee. */
    record Status(CallStatus status, int code, String text) implements CallEnvelope {
        @Override
        public Kind kind() {
            return Kind.STATUS;
        }

        @Override
        public boolean fromCaller() {
            return false;
        }

        @Override
        public void writeBody(WireWriter out) {
            out.u16(status.code()).u32(code).string(text);
        }
    }

    /** The caller does not want it any more. */
    record Cancel() implements CallEnvelope {
        @Override
        public Kind kind() {
            return Kind.CANCEL;
        }

        @Override
        public boolean fromCaller() {
            return true;
        }

        @Override
        public void writeBody(WireWriter out) {}
    }

    /** Does the other end know this call? */
    record Probe(boolean fromCaller) implements CallEnvelope {
        @Override
        public Kind kind() {
            return Kind.PROBE;
        }

        @Override
        public void writeBody(WireWriter out) {}
    }

    /** Appends itself to the buffer, which is borrowed. */
    default void write(ByteBuf buffer) {
        WireWriter out = new WireWriter(buffer);
        int start = out.beginVersioned(VERSION, VERSION);
        out.u8(kind().code).u8((fromCaller() ? 1 : 0) | moreFlags());
        writeBody(out);
        out.endVersioned(start);
    }

    /**
     * Reads the readable bytes of the buffer, which is borrowed.
     *
     * @return null for a kind that only a newer peer knows: to be ignored
     * @throws WireException if they make no sense, or there is more of something than the limits allow
     */
    static @Nullable CallEnvelope read(ByteBuf buffer, Limits.Calls limits) throws WireException {
        WireReader in =
                new WireReader(buffer.duplicate()).versioned(VERSION, "call").body();
        Kind kind = Kind.ofCode(in.u8("kind"));
        int flags = in.u8("flags");
        boolean fromCaller = (flags & 1) != 0;
        if (kind == null) {
            return null;
        }
        return switch (kind) {
            case REQUEST -> readRequest(in, flags & (CALLER_STREAMS | CALLEE_STREAMS | SUBSCRIBES), limits);
            case ITEM -> new Item(fromCaller, in.blob("token", limits.tokenBytesMax()), (flags & Item.ANEW) != 0);
            case END -> new End();
            case CREDIT -> new Credit(fromCaller, in.u32("items"), in.u32("bytes"));
            case STATUS ->
                new Status(
                        CallStatus.ofCode(in.u16("status")), in.s32("code"), in.string("text", limits.textBytesMax()));
            case CANCEL -> new Cancel();
            case PROBE -> new Probe(fromCaller);
        };
    }

    private static Request readRequest(WireReader in, int shape, Limits.Calls limits) throws WireException {
        String service = in.string("service", limits.nameBytesMax());
        String method = in.string("method", limits.nameBytesMax());
        long remainingNs = in.u64("remaining");
        if (remainingNs < 0) {
            throw new WireException("remaining: " + Long.toUnsignedString(remainingNs) + " ns is no time");
        }
        long items = in.u32("items");
        long bytes = in.u32("bytes");
        Opaque token = in.blob("token", limits.tokenBytesMax());
        return new Request(shape, service, method, remainingNs, items, bytes, token, readMetadata(in, limits));
    }

    private static Map<String, String> readMetadata(WireReader in, Limits.Calls limits) throws WireException {
        int count = in.count("metadata", limits.metadataEntriesMax(), 2 * Integer.BYTES);
        Map<String, String> metadata = new LinkedHashMap<>();
        int left = limits.metadataBytesMax();
        for (int i = 0; i < count; i++) {
            int before = in.remaining();
            String name = in.string("metadata name", left);
            metadata.put(name, in.string("metadata value", left));
            left -= before - in.remaining() - 2 * Integer.BYTES;
            if (left < 0) {
                throw new WireException(FaultKind.LIMIT, "metadata: more than " + limits.metadataBytesMax() + " bytes");
            }
        }
        return metadata;
    }
}
