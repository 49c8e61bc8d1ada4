package org.msgr2.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.Banner;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Preamble;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageHeader;
import org.msgr2.core.message.MessageType;

/** Says what we have decoded in the words of the recorded JSON, so that every field of it can be compared by name. */
final class RecordedFields {
    /** Inside the payloads of cephx, and remarks of the recorder: {@code messenger-crypto} checks these. */
    private static final Map<String, Set<String>> NOT_CORES = Map.of(
            "AUTH_REQUEST",
            Set.of(
                    "auth_mode",
                    "authorize_v",
                    "authorizer_v",
                    "entity_name",
                    "global_id",
                    "have_challenge",
                    "nonce",
                    "server_challenge_plus_one",
                    "service",
                    "session_key",
                    "ticket_blob_len",
                    "ticket_secret_id",
                    "trailing"),
            "AUTH_REPLY_MORE",
            Set.of("challenge_v", "decode_error", "server_challenge", "server_challenge_v"),
            "AUTH_REQUEST_MORE",
            Set.of(
                    "auth_mode",
                    "authenticate_v",
                    "authorize_v",
                    "authorizer_v",
                    "cephx_request_type",
                    "client_challenge",
                    "global_id",
                    "have_challenge",
                    "key",
                    "key_verified",
                    "nonce",
                    "old_ticket",
                    "other_keys",
                    "server_challenge_plus_one",
                    "service",
                    "session_key",
                    "ticket_blob_len",
                    "ticket_secret_id",
                    "trailing"),
            "AUTH_DONE",
            Set.of(
                    "authorize_reply_v",
                    "cephx_reply_type",
                    "connection_secret",
                    "connection_secret_blob_len",
                    "connection_secret_len",
                    "decode_error",
                    "extra_tickets",
                    "extra_tickets_len",
                    "nonce_ok",
                    "nonce_plus_one",
                    "old_session_key",
                    "status",
                    "tickets",
                    "trailing"),
            "AUTH_SIGNATURE",
            Set.of("hmac_input_len", "hmac_key", "hmac_over_peer_sent_bytes_ok"));

    /** Where the recorder has another name for a message type than we: its name, then ours. */
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "mdsbeacon", "MDS_BEACON",
            "osd_pg_create2", "PG_CREATE2",
            "osd_pg_created", "PG_CREATED",
            "osd_repop", "REPOP",
            "osd_repop_reply", "REPOP_REPLY",
            "pg_stats", "PGSTATS");

    /**
     * Some frames are recorded with their first segment as a whole too, and some frames with what we know to be empty.
     */
    private static final Set<String> OPTIONAL = Set.of("payload", "trailing", "epilogue");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Object> fields = new LinkedHashMap<>();

    static RecordedFields of(Banner banner, int payloadLength) {
        RecordedFields known = new RecordedFields();
        known.put("payload_len", payloadLength);
        known.put("supported", "0x" + Long.toHexString(banner.supported().bits()));
        known.put("required", "0x" + Long.toHexString(banner.required().bits()));
        return known;
    }

    static RecordedFields of(Preamble preamble) {
        RecordedFields known = new RecordedFields();
        known.put("nseg", preamble.segments());
        known.put(
                "seg", List.of(segment(preamble, 0), segment(preamble, 1), segment(preamble, 2), segment(preamble, 3)));
        return known;
    }

    private static List<Long> segment(Preamble preamble, int i) {
        return List.of(preamble.length(i), (long) preamble.alignment(i));
    }

    /**
     * @param first the whole segment
     * @param knownBytes how much of it the record accounts for
     */
    RecordedFields control(ControlFrame frame, byte[] first, int knownBytes) {
        HexFormat hex = HexFormat.of();
        put("payload", hex.formatHex(first));
        put("trailing", hex.formatHex(first, knownBytes, first.length));
        if (frame instanceof ControlFrame.Hello hello) {
            put("entity_type", hello.entityType().toString());
            put("peer_addr", hello.peerAddr().toString());
        } else if (frame instanceof ControlFrame.AuthRequest request) {
            put("method", request.method());
            put("preferred_modes", request.preferredModes());
        } else if (frame instanceof ControlFrame.AuthDone done) {
            put("global_id", done.globalId());
            put("con_mode", done.connectionMode() == 1 ? "crc" : "mode " + done.connectionMode());
        } else if (frame instanceof ControlFrame.AuthSignature signature) {
            put("signature", hex.formatHex(signature.signature().toByteArray()));
        } else if (frame instanceof ControlFrame.ClientIdent ident) {
            put("addrs", texts(ident.addrs()));
            put("target_addr", ident.target().toString());
            put("gid", ident.gid());
            ident(ident.globalSeq(), ident.supported(), ident.required(), ident.flags(), ident.cookie());
        } else if (frame instanceof ControlFrame.ServerIdent ident) {
            put("addrs", texts(ident.addrs()));
            put("gid", ident.gid());
            ident(ident.globalSeq(), ident.supported(), ident.required(), ident.flags(), ident.cookie());
        } else if (frame instanceof ControlFrame.SessionReconnect reconnect) {
            put("addrs", texts(reconnect.addrs()));
            put("client_cookie", mask(reconnect.clientCookie()));
            put("server_cookie", mask(reconnect.serverCookie()));
            put("global_seq", reconnect.globalSeq());
            put("connect_seq", reconnect.connectSeq());
            put("msg_seq", reconnect.msgSeq());
        } else if (frame instanceof ControlFrame.SessionReconnectOk ok) {
            put("msg_seq", ok.msgSeq());
        } else if (frame instanceof ControlFrame.SessionRetry retry) {
            put("connect_seq", retry.connectSeq());
        } else if (frame instanceof ControlFrame.SessionReset reset) {
            put("full", reset.full() ? 1 : 0);
        } else if (frame instanceof ControlFrame.Ack ack) {
            put("seq", ack.seq());
        }
        return this;
    }

    private void ident(long globalSeq, CephFeatures supported, CephFeatures required, long flags, long cookie) {
        put("global_seq", globalSeq);
        put("features_supported", mask(supported.bits()));
        put("features_required", mask(required.bits()));
        put("flags", flags);
        put("cookie", mask(cookie));
    }

    RecordedFields message(Message message) {
        header(message.header());
        put("front_len", message.front().readableBytes());
        put("middle_len", message.middle().readableBytes());
        put("data_len", message.data().readableBytes());
        return this;
    }

    RecordedFields header(MessageHeader header) {
        Map<String, Object> header2 = new LinkedHashMap<>();
        header2.put("seq", header.seq());
        header2.put("tid", header.tid());
        header2.put("type", header.type());
        header2.put("priority", header.priority());
        header2.put("version", header.version());
        header2.put("data_pre_padding_len", header.dataPrePaddingLength());
        header2.put("data_off", header.dataOffset());
        header2.put("ack_seq", header.ackSeq());
        header2.put("flags", header.flags());
        header2.put("compat_version", header.compatVersion());
        header2.put("reserved", header.reserved());
        header2.put("type_name", typeName(header.type()));
        put("header2", header2);
        return this;
    }

    /** The recorder's name of the type, if it is ours too. */
    private static String typeName(int code) {
        MessageType type = MessageType.ofCode(code);
        if (type == MessageType.PG_LEASE || type == MessageType.PG_LEASE_ACK) {
            return "?";
        }
        for (Map.Entry<String, String> other : OTHER_NAMES.entrySet()) {
            if (type != null && type.name().equals(other.getValue())) {
                return other.getKey();
            }
        }
        return MessageType.toString(code).replaceAll(" .*", "");
    }

    RecordedFields epilogue(byte[] frame, int bytes) {
        put("epilogue", HexFormat.of().formatHex(frame, frame.length - bytes, frame.length));
        return this;
    }

    private void put(String name, Object value) {
        fields.put(name, value);
    }

    private static String mask(long bits) {
        return String.format("0x%016x", bits);
    }

    private static List<String> texts(EntityAddrVec addrs) {
        return addrs.addrs().stream().map(EntityAddr::toString).toList();
    }

    /** Every recorded field that is ours to know has our value, and each of ours is recorded. */
    void compareWith(String tag, JsonNode recorded) {
        Map<String, JsonNode> expected = new LinkedHashMap<>();
        recorded.properties().forEach(field -> expected.put(field.getKey(), field.getValue()));
        Map<String, JsonNode> known = new LinkedHashMap<>();
        fields.forEach((name, value) -> known.put(name, JSON.valueToTree(value)));
        for (String name : OPTIONAL) {
            if (!expected.containsKey(name)) {
                known.remove(name);
            }
        }
        for (String name : NOT_CORES.getOrDefault(tag, Set.of())) {
            expected.remove(name);
            known.remove(name);
        }
        // As text: a number is a number, whether it is held as an int or as a long.
        assertThat(texts(known)).as("decoded fields").isEqualTo(texts(expected));
    }

    private static Map<String, String> texts(Map<String, JsonNode> nodes) {
        Map<String, String> texts = new TreeMap<>();
        nodes.forEach((name, node) -> texts.put(name, node.toString()));
        return texts;
    }
}
