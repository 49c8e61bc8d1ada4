package org.msgr2.examples.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.UUID;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * What a metadata server of Ceph 16.2.15 and its monitor said when a client mounted (spec/msgr2-observed §10), to be said
 * again by ours. Fronts of messages; each call makes a new buffer, which the caller owns.
 */
final class RecordedMds {

    private static final String CONNECTION = "e_cephx_crc_client_mds_open";
    private static final int PREAMBLE_BYTES = 32;
    private static final int CRC_BYTES = 4;
    private static final int ADDRS_MAX = 8;
    private static final int NAME_BYTES_MAX = 64;
    /** Of the first CLIENT_REPLY: 15 of the head, 4 and 6 of lengths and versions, then {@code ino, snap, rdev, 2 versions}. */
    private static final int ROOT_CAPS_OFFSET = 61;

    /** Pinned, and authority, links and attributes shared; names in the directory are not. */
    private static final int ROOT_CAPS = 0x55;

    private RecordedMds() {}

    /** The version in the header of {@link #sessionOpen}. */
    static final int SESSION_VERSION = 5;

    /** The version in the header of {@link #map}. */
    static final int MAP_VERSION = 2;

    /** CLIENT_SESSION, op OPEN, with the features that the recorded answers are encoded for. */
    static ByteBuf sessionOpen() {
        return Unpooled.wrappedBuffer(map("22"));
    }

    /**
     * CLIENT_REPLY to a GETATTR of the root directory, which is empty. One capability is taken away, that to know the names in
     * it by heart: the client has to ask for each of them.
     */
    static ByteBuf rootAttributes() {
        RecordedFrame reply = CephVectors.capture(CONNECTION).frames("S->C").stream()
                .filter(frame -> frame.fields().at("/header2/type").asInt() == MessageType.CLIENT_REPLY.code())
                .findFirst()
                .orElseThrow();
        int header = reply.fields().at("/seg/0/0").asInt();
        int front = reply.fields().at("/seg/1/0").asInt();
        ByteBuf attributes = Unpooled.copiedBuffer(reply.wire(), PREAMBLE_BYTES + header + CRC_BYTES, front);
        return attributes.setIntLE(ROOT_CAPS_OFFSET, ROOT_CAPS);
    }

    /**
     * MDS_MAP: {@code fsid | u32 epoch | u32 length | versioned map | string file system}. No crc protects the map, so two things
     * in it are replaced: the cluster's id, and where the one server of rank 0 is found.
     *
     * @param addrs exactly those of the server's ident frame
     */
    static ByteBuf map(UUID fsid, EntityAddrVec addrs) {
        try {
            WireReader in = new WireReader(Unpooled.wrappedBuffer(map("21")));
            in.uuid("fsid");
            long epoch = in.u32("epoch");
            ByteBuf map = map(in.slice(in.u32("length"), "map"), addrs);
            ByteBuf front = Unpooled.buffer();
            new WireWriter(front)
                    .uuid(fsid)
                    .u32(epoch)
                    .u32(map.readableBytes())
                    .bytes(map)
                    .bytes(in.bytes(in.remaining(), "file system"));
            return front;
        } catch (WireException e) {
            throw new AssertionError("the recorded map is not as expected", e);
        }
    }

    /**
     * {@code u8 version | u8 compat | u32 length | u32 epoch | u32 flags | u32 last_failure | u32 root | u32 session_timeout | u32
     * session_autoclose | u64 max_file_size | u32 max_mds | u32 servers | (u64 gid | server)... | rest}.
     */
    private static ByteBuf map(WireReader in, EntityAddrVec addrs) throws WireException {
        int version = in.u8("version");
        int compat = in.u8("compat");
        in.u32("length");
        ByteBuf out = Unpooled.buffer();
        WireWriter writer = new WireWriter(out);
        int start = writer.beginVersioned(version, compat);
        writer.bytes(in.bytes(36, "epoch to max_mds"));
        long servers = in.u32("servers");
        if (servers != 1) {
            throw new AssertionError("the recorded map has " + servers + " servers, expected 1");
        }
        writer.u32(servers).u64(in.u64("gid"));
        server(in, writer, addrs);
        writer.bytes(in.bytes(in.remaining(), "rest")).endVersioned(start);
        return out;
    }

    /** {@code u8 version | u8 compat | u32 length | u64 gid | string name | s32 rank, inc, state | u64 seq | addrs | rest}. */
    private static void server(WireReader in, WireWriter out, EntityAddrVec addrs) throws WireException {
        int version = in.u8("version");
        int compat = in.u8("compat");
        WireReader body = in.slice(in.u32("length"), "server");
        int start = out.beginVersioned(version, compat);
        out.u64(body.u64("gid"))
                .string(body.string("name", NAME_BYTES_MAX))
                .bytes(body.bytes(12, "rank, inc, state"))
                .u64(body.u64("seq"));
        EntityAddrVec.read(body, ADDRS_MAX);
        addrs.write(out);
        out.bytes(body.bytes(body.remaining(), "rest")).endVersioned(start);
    }

    private static byte[] map(String messageType) {
        return HexFormat.of()
                .parseHex(CephVectors.json("ceph/maps/maps.json")
                        .at("/" + messageType + "/front")
                        .asText());
    }
}
