package org.msgr2.core.frame;

import java.util.ArrayList;
import java.util.List;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * Every frame but MESSAGE, one record per tag (spec/msgr2 §2.1; the layouts as observed on 16.2.15).
 *
 * <p>Sequence numbers, cookies and feature masks are u64 as their bits; results and ids that can be negative are signed.
 */
public sealed interface ControlFrame {

    Tag tag();

    /** Appends the payload. */
    void write(WireWriter out);

    /**
     * Reads the payload of a frame.
     *
     * @param in the first segment; bytes behind the known fields are left unread
     * @throws ProtocolException naming frame and field
     * @throws IllegalArgumentException for {@link Tag#MESSAGE}, which is not a control frame
     */
    static ControlFrame read(Tag tag, WireReader in, Limits.Frames limits) throws ProtocolException {
        try {
            return switch (tag) {
                case HELLO -> Hello.read(in);
                case AUTH_REQUEST -> AuthRequest.read(in, limits);
                case AUTH_BAD_METHOD -> AuthBadMethod.read(in, limits);
                case AUTH_REPLY_MORE -> new AuthReplyMore(in.blob("auth payload", limits.controlBytesMax()));
                case AUTH_REQUEST_MORE -> new AuthRequestMore(in.blob("auth payload", limits.controlBytesMax()));
                case AUTH_DONE -> AuthDone.read(in, limits);
                case AUTH_SIGNATURE -> AuthSignature.read(in);
                case CLIENT_IDENT -> ClientIdent.read(in, limits);
                case SERVER_IDENT -> ServerIdent.read(in, limits);
                case IDENT_MISSING_FEATURES -> new IdentMissingFeatures(new CephFeatures(in.u64("features")));
                case SESSION_RECONNECT -> SessionReconnect.read(in, limits);
                case SESSION_RESET -> new SessionReset(in.bool("full"));
                case SESSION_RETRY -> new SessionRetry(in.u64("connect_seq"));
                case SESSION_RETRY_GLOBAL -> new SessionRetryGlobal(in.u64("global_seq"));
                case SESSION_RECONNECT_OK -> new SessionReconnectOk(in.u64("msg_seq"));
                case WAIT -> new Wait();
                case KEEPALIVE2 -> new Keepalive2(UTime.read(in, "timestamp"));
                case KEEPALIVE2_ACK -> new Keepalive2Ack(UTime.read(in, "timestamp"));
                case ACK -> new Ack(in.u64("seq"));
                case COMPRESSION_REQUEST -> CompressionRequest.read(in, limits);
                case COMPRESSION_DONE -> new CompressionDone(in.bool("is_compress"), in.u32("method"));
                case MESSAGE -> throw new IllegalArgumentException("MESSAGE is not a control frame");
            };
        } catch (WireException e) {
            throw e.inFrame(tag.name());
        }
    }

    /**
     * {@code u8 entity_type, entity_addr}.
     *
     * @param entityType the sender's
     * @param peerAddr the receiver's address as the sender sees it
     */
    record Hello(EntityType entityType, EntityAddr peerAddr) implements ControlFrame {
        static Hello read(WireReader in) throws WireException {
            return new Hello(EntityType.fromWire(in.u8("entity_type"), "entity_type"), EntityAddr.read(in));
        }

        @Override
        public Tag tag() {
            return Tag.HELLO;
        }

        @Override
        public void write(WireWriter out) {
            peerAddr.write(out.u8(entityType.code()));
        }
    }

    /**
     * {@code u32 method, list<u32> modes, blob payload}.
     *
     * @param preferredModes connection modes in the sender's order of preference
     */
    record AuthRequest(int method, List<Integer> preferredModes, Opaque payload) implements ControlFrame {
        public AuthRequest {
            preferredModes = List.copyOf(preferredModes);
        }

        static AuthRequest read(WireReader in, Limits.Frames limits) throws WireException {
            return new AuthRequest(
                    in.s32("method"),
                    readList(in, "preferred modes", limits),
                    in.blob("auth payload", limits.controlBytesMax()));
        }

        @Override
        public Tag tag() {
            return Tag.AUTH_REQUEST;
        }

        @Override
        public void write(WireWriter out) {
            writeList(out.u32(method), preferredModes).blob(payload);
        }
    }

    /**
     * {@code u32 method, s32 result, list<u32> methods, list<u32> modes}.
     *
     * @param method the one that was refused
     * @param result a negative errno
     */
    record AuthBadMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            implements ControlFrame {
        public AuthBadMethod {
            allowedMethods = List.copyOf(allowedMethods);
            allowedModes = List.copyOf(allowedModes);
        }

        static AuthBadMethod read(WireReader in, Limits.Frames limits) throws WireException {
            return new AuthBadMethod(
                    in.s32("method"),
                    in.s32("result"),
                    readList(in, "allowed methods", limits),
                    readList(in, "allowed modes", limits));
        }

        @Override
        public Tag tag() {
            return Tag.AUTH_BAD_METHOD;
        }

        @Override
        public void write(WireWriter out) {
            writeList(writeList(out.u32(method).u32(result), allowedMethods), allowedModes);
        }
    }

    /** {@code blob payload}: the acceptor's next step. */
    record AuthReplyMore(Opaque payload) implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.AUTH_REPLY_MORE;
        }

        @Override
        public void write(WireWriter out) {
            out.blob(payload);
        }
    }

    /** {@code blob payload}: the connector's next step. */
    record AuthRequestMore(Opaque payload) implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.AUTH_REQUEST_MORE;
        }

        @Override
        public void write(WireWriter out) {
            out.blob(payload);
        }
    }

    /**
     * {@code u64 global_id, u32 con_mode, blob payload}.
     *
     * @param globalId the connector's id in the cluster
     * @param connectionMode the mode that the acceptor chose
     */
    record AuthDone(long globalId, int connectionMode, Opaque payload) implements ControlFrame {
        static AuthDone read(WireReader in, Limits.Frames limits) throws WireException {
            return new AuthDone(
                    in.u64("global_id"), in.s32("con_mode"), in.blob("auth payload", limits.controlBytesMax()));
        }

        @Override
        public Tag tag() {
            return Tag.AUTH_DONE;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(globalId).u32(connectionMode).blob(payload);
        }
    }

    /**
     * 32 bytes without a length.
     *
     * @param signature HMAC-SHA256 of everything the sender has received so far; zeros without a session key
     */
    record AuthSignature(Opaque signature) implements ControlFrame {
        public static final int BYTES = 32;

        static AuthSignature read(WireReader in) throws WireException {
            return new AuthSignature(Opaque.copyOf(in.bytes(BYTES, "signature")));
        }

        @Override
        public Tag tag() {
            return Tag.AUTH_SIGNATURE;
        }

        @Override
        public void write(WireWriter out) {
            out.raw(signature);
        }
    }

    /**
     * {@code entity_addrvec addrs, entity_addr target, s64 gid, u64 global_seq, u64 supported, u64 required, u64 flags, u64
     * client_cookie}.
     *
     * @param addrs the sender's addresses
     * @param target the address it dialled
     * @param gid its number within its type; -1 while it is not known
     * @param flags see {@link #FLAG_LOSSY}
     * @param cookie the connector's half of the session's name; 0 if lossy
     */
    record ClientIdent(
            EntityAddrVec addrs,
            EntityAddr target,
            long gid,
            long globalSeq,
            CephFeatures supported,
            CephFeatures required,
            long flags,
            long cookie)
            implements ControlFrame {
        static ClientIdent read(WireReader in, Limits.Frames limits) throws WireException {
            return new ClientIdent(
                    EntityAddrVec.read(in, limits.addressesMax()),
                    EntityAddr.read(in),
                    in.u64("gid"),
                    in.u64("global_seq"),
                    new CephFeatures(in.u64("features_supported")),
                    new CephFeatures(in.u64("features_required")),
                    in.u64("flags"),
                    in.u64("client_cookie"));
        }

        public boolean lossy() {
            return (flags & FLAG_LOSSY) != 0;
        }

        @Override
        public Tag tag() {
            return Tag.CLIENT_IDENT;
        }

        @Override
        public void write(WireWriter out) {
            addrs.write(out);
            target.write(out);
            out.u64(gid)
                    .u64(globalSeq)
                    .u64(supported.bits())
                    .u64(required.bits())
                    .u64(flags)
                    .u64(cookie);
        }
    }

    /**
     * {@code entity_addrvec addrs, s64 gid, u64 global_seq, u64 supported, u64 required, u64 flags, u64 server_cookie}.
     *
     * @param flags see {@link #FLAG_LOSSY}: the acceptor decides for both
     * @param cookie the acceptor's half of the session's name; 0 if lossy
     */
    record ServerIdent(
            EntityAddrVec addrs,
            long gid,
            long globalSeq,
            CephFeatures supported,
            CephFeatures required,
            long flags,
            long cookie)
            implements ControlFrame {
        static ServerIdent read(WireReader in, Limits.Frames limits) throws WireException {
            return new ServerIdent(
                    EntityAddrVec.read(in, limits.addressesMax()),
                    in.u64("gid"),
                    in.u64("global_seq"),
                    new CephFeatures(in.u64("features_supported")),
                    new CephFeatures(in.u64("features_required")),
                    in.u64("flags"),
                    in.u64("server_cookie"));
        }

        public boolean lossy() {
            return (flags & FLAG_LOSSY) != 0;
        }

        @Override
        public Tag tag() {
            return Tag.SERVER_IDENT;
        }

        @Override
        public void write(WireWriter out) {
            addrs.write(out);
            out.u64(gid)
                    .u64(globalSeq)
                    .u64(supported.bits())
                    .u64(required.bits())
                    .u64(flags)
                    .u64(cookie);
        }
    }

    /** {@code u64 features}: what the acceptor requires and the connector lacks. */
    record IdentMissingFeatures(CephFeatures features) implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.IDENT_MISSING_FEATURES;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(features.bits());
        }
    }

    /**
     * {@code entity_addrvec addrs, u64 client_cookie, u64 server_cookie, u64 global_seq, u64 connect_seq, u64 msg_seq}.
     *
     * @param msgSeq the last message that the sender has received
     */
    record SessionReconnect(
            EntityAddrVec addrs, long clientCookie, long serverCookie, long globalSeq, long connectSeq, long msgSeq)
            implements ControlFrame {
        static SessionReconnect read(WireReader in, Limits.Frames limits) throws WireException {
            return new SessionReconnect(
                    EntityAddrVec.read(in, limits.addressesMax()),
                    in.u64("client_cookie"),
                    in.u64("server_cookie"),
                    in.u64("global_seq"),
                    in.u64("connect_seq"),
                    in.u64("msg_seq"));
        }

        @Override
        public Tag tag() {
            return Tag.SESSION_RECONNECT;
        }

        @Override
        public void write(WireWriter out) {
            addrs.write(out);
            out.u64(clientCookie)
                    .u64(serverCookie)
                    .u64(globalSeq)
                    .u64(connectSeq)
                    .u64(msgSeq);
        }
    }

    /** {@code bool full}: the acceptor has no such session; if full, queued messages are void too. */
    record SessionReset(boolean full) implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.SESSION_RESET;
        }

        @Override
        public void write(WireWriter out) {
            out.bool(full);
        }
    }

    /** {@code u64 connect_seq}: the acceptor's, which the connector has to exceed. */
    record SessionRetry(long connectSeq) implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.SESSION_RETRY;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(connectSeq);
        }
    }

    /** {@code u64 global_seq}: the last one that the acceptor heard from this peer. */
    record SessionRetryGlobal(long globalSeq) implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.SESSION_RETRY_GLOBAL;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(globalSeq);
        }
    }

    /** {@code u64 msg_seq}: the last message that the acceptor has received. */
    record SessionReconnectOk(long msgSeq) implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.SESSION_RECONNECT_OK;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(msgSeq);
        }
    }

    /** Empty: the acceptor's own connection to the same peer wins. */
    record Wait() implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.WAIT;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** {@code utime}: the sender's clock. */
    record Keepalive2(UTime timestamp) implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.KEEPALIVE2;
        }

        @Override
        public void write(WireWriter out) {
            timestamp.write(out);
        }
    }

    /** {@code utime}: copied from the KEEPALIVE2. */
    record Keepalive2Ack(UTime timestamp) implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.KEEPALIVE2_ACK;
        }

        @Override
        public void write(WireWriter out) {
            timestamp.write(out);
        }
    }

    /** {@code u64 seq}: the last message received. */
    record Ack(long seq) implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.ACK;
        }

        @Override
        public void write(WireWriter out) {
            out.u64(seq);
        }
    }

    /**
     * {@code bool is_compress, list<u32> methods}.
     *
     * @param preferredMethods in the sender's order of preference
     */
    record CompressionRequest(boolean compress, List<Integer> preferredMethods) implements ControlFrame {
        public CompressionRequest {
            preferredMethods = List.copyOf(preferredMethods);
        }

        static CompressionRequest read(WireReader in, Limits.Frames limits) throws WireException {
            return new CompressionRequest(in.bool("is_compress"), readList(in, "preferred methods", limits));
        }

        @Override
        public Tag tag() {
            return Tag.COMPRESSION_REQUEST;
        }

        @Override
        public void write(WireWriter out) {
            writeList(out.bool(compress), preferredMethods);
        }
    }

    /** {@code bool is_compress, u32 method}. */
    record CompressionDone(boolean compress, long method) implements ControlFrame {
        @Override
        public Tag tag() {
            return Tag.COMPRESSION_DONE;
        }

        @Override
        public void write(WireWriter out) {
            out.bool(compress).u32(method);
        }
    }

    /** Bit 0 of the ident flags: the connection ends with its first fault, nothing is replayed. */
    long FLAG_LOSSY = 1;

    private static List<Integer> readList(WireReader in, String field, Limits.Frames limits) throws WireException {
        int count = in.count(field, limits.listMax(), Integer.BYTES);
        List<Integer> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(in.s32(field));
        }
        return values;
    }

    private static WireWriter writeList(WireWriter out, List<Integer> values) {
        out.u32(values.size());
        for (int value : values) {
            out.u32(value);
        }
        return out;
    }
}
