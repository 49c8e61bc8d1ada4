package org.msgr2.crypto.auth.cephx;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.Capture;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.KeyUsage;

/**
 * The authentication of a recorded connection with method cephx: payloads as they were on the wire, and what the recorder
 * knew of them.
 *
 * @param request payload of AUTH_REQUEST
 * @param challenge of AUTH_REPLY_MORE
 * @param proof of AUTH_REQUEST_MORE
 * @param done of AUTH_DONE
 */
record RecordedHandshake(
        Capture capture,
        int method,
        List<ConnectionMode> modes,
        Opaque request,
        Opaque challenge,
        Opaque proof,
        long globalId,
        ConnectionMode mode,
        Opaque done) {
    private static final int PREAMBLE_BYTES = 32;
    private static final int PAYLOAD_BYTES_MAX = 16 * 1024;

    static RecordedHandshake of(Capture capture) {
        try {
            WireReader request = segment(capture, "AUTH_REQUEST");
            int method = request.s32("method");
            int count = request.count("modes", 4, Integer.BYTES);
            List<ConnectionMode> modes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                modes.add(ConnectionMode.ofCode(request.s32("mode")));
            }
            WireReader done = segment(capture, "AUTH_DONE");
            return new RecordedHandshake(
                    capture,
                    method,
                    List.copyOf(modes),
                    request.blob("payload", PAYLOAD_BYTES_MAX),
                    segment(capture, "AUTH_REPLY_MORE").blob("payload", PAYLOAD_BYTES_MAX),
                    segment(capture, "AUTH_REQUEST_MORE").blob("payload", PAYLOAD_BYTES_MAX),
                    done.u64("global_id"),
                    ConnectionMode.ofCode(done.s32("mode")),
                    done.blob("payload", PAYLOAD_BYTES_MAX));
        } catch (WireException e) {
            throw new AssertionError(capture.name(), e);
        }
    }

    /** Every connection that was authenticated with cephx. */
    static Stream<RecordedHandshake> all() {
        return CephVectors.all()
                .filter(capture -> !capture.name().startsWith("a_none"))
                .map(RecordedHandshake::of);
    }

    static Stream<RecordedHandshake> withMon() {
        return all().filter(RecordedHandshake::towardsMon);
    }

    static Stream<RecordedHandshake> withService() {
        return all().filter(handshake -> !handshake.towardsMon());
    }

    boolean towardsMon() {
        return capture.server().equals("mon");
    }

    /** What the recorder decoded of the frame with that tag. */
    JsonNode fields(String tag) {
        return frame(capture, tag).fields();
    }

    /** Of the entity that connected. */
    CryptoKey ownKey(EntityName name) {
        return aes(capture.json()
                .at("/secrets/keyring/" + (name.toString().equals("mon.a") ? "mon." : name) + "/secret_hex")
                .asText());
    }

    /**
     * Of the ticket that was shown. Where the recorder did not see it being issued, the service's rotating secret opens
     * it: those are recorded for the same cluster.
     */
    CryptoKey serviceSessionKey(Authorizer shown) throws ProtocolException {
        String known = fields("AUTH_REQUEST").get("session_key").asText();
        if (!known.startsWith("UNKNOWN")) {
            return aes(known);
        }
        for (JsonNode rotating :
                CephVectors.json("ceph/z_cephx_primitives.json").get("rotating")) {
            if (rotating.get("entity").asText().startsWith(shown.service() + ".")) {
                CryptoKey secret = aes(rotating.get("secrets")
                        .get(Long.toString(shown.ticket().secretId()))
                        .asText());
                return Envelope.open(
                                secret, KeyUsage.TICKET_INFO, shown.ticket().sealed(), ServiceTicketInfo::read)
                        .sessionKey();
            }
        }
        throw new AssertionError(this + ": no rotating secret of " + shown.service());
    }

    /** All bytes of one direction up to its first AUTH_SIGNATURE: what the other end's signature covers. */
    byte[] log(String dir) {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        for (RecordedFrame frame : capture.frames(dir)) {
            if (frame.tag().equals("AUTH_SIGNATURE")) {
                return log.toByteArray();
            }
            log.writeBytes(frame.wire());
        }
        throw new AssertionError(capture + " has no signature " + dir);
    }

    /** What one end sent as its signature. */
    Opaque signature(String dir) {
        return capture.frames(dir).stream()
                .filter(frame -> frame.tag().equals("AUTH_SIGNATURE"))
                .map(frame -> hex(frame.fields().get("signature").asText()))
                .findFirst()
                .orElseThrow();
    }

    /** The first occurrence. */
    private static RecordedFrame frame(Capture capture, String tag) {
        return capture.frames().stream()
                .filter(frame -> frame.tag().equals(tag))
                .findFirst()
                .orElseThrow();
    }

    private static WireReader segment(Capture capture, String tag) throws WireException {
        byte[] wire = frame(capture, tag).wire();
        WireReader preamble = new WireReader(Unpooled.wrappedBuffer(wire));
        preamble.u16("tag, segments");
        return new WireReader(Unpooled.wrappedBuffer(wire, PREAMBLE_BYTES, (int) preamble.u32("length")));
    }

    static CryptoKey aes(String secret) {
        return CryptoKey.of(KeyType.AES, UTime.ZERO, HexFormat.of().parseHex(secret));
    }

    static Opaque hex(String text) {
        return Opaque.copyOf(HexFormat.of().parseHex(text));
    }

    /** An unsigned number as the recorder prints it, {@code 0x...}. */
    static long number(JsonNode node) {
        return Long.parseUnsignedLong(node.asText().substring(2), 16);
    }

    @Override
    public String toString() {
        return capture.name();
    }
}
