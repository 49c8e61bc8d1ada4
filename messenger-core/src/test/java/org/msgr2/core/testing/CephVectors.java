package org.msgr2.core.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The recorded connections of Ceph 16.2.15, from the class path: {@code vectors/README.md} says what is in them. Values
 * are immutable, except for the arrays and JSON trees inside them, which callers leave as they are.
 */
public final class CephVectors {
    private static final ObjectMapper JSON = new ObjectMapper();

    // A class path cannot be listed when it is a jar, hence by name.
    private static final List<String> NAMES = List.of(
            "a_none_crc_client_mon",
            "a_none_crc_client_osd",
            "b_cephx_crc_ceph_status",
            "b_cephx_crc_client_mgr",
            "b_cephx_crc_client_mon",
            "b_cephx_crc_client_mon_bootstrap",
            "c_cephx_secure_client_mon",
            "d_cephx_crc_client_osd",
            "d_cephx_secure_client_osd",
            "e_cephx_crc_client_mds_open",
            "e_cephx_crc_client_mds_reconnect",
            "e_cephx_crc_client_mds_reconnect2",
            "e_cephx_secure_client_mds_open",
            "e_cephx_secure_client_mds_reconnect",
            "e_cephx_secure_client_mds_reconnect2",
            "f_mds_mon",
            "f_mgr_mon",
            "f_mgr_mon_ticket_renewal",
            "f_mon_mgr",
            "f_osd_mgr",
            "f_osd_mon",
            "g_osd_osd_session_retry",
            "g_osd_osd_session_retry2",
            "g_osd_osd_wait",
            "h_client_mds_session_reset");

    private CephVectors() {}

    /**
     * One recorded connection.
     *
     * @param mode {@code crc} or {@code secure}
     * @param client the connector's entity type
     * @param server the acceptor's entity type
     * @param frames in the order in which they were seen
     * @param json everything, keys included
     */
    public record Capture(
            String name, String mode, String client, String server, List<RecordedFrame> frames, JsonNode json) {

        /** The frames of one direction, the banner first. */
        public List<RecordedFrame> frames(String dir) {
            return frames.stream().filter(frame -> frame.dir().equals(dir)).toList();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * One recorded frame, or a banner.
     *
     * @param capture name of the connection
     * @param index place in it, from 0
     * @param dir {@code C->S} or {@code S->C}
     * @param tag name of the tag; {@code BANNER} for a banner
     * @param wireLength bytes on the wire
     * @param wire those bytes, or the first of them if truncated
     * @param truncated bulk data was cut off
     * @param sha256 of all the bytes, in hex; empty unless truncated
     * @param fields what an independent decoder read
     * @param json everything, for frames of secure mode the plaintext too
     */
    public record RecordedFrame(
            String capture,
            int index,
            String dir,
            String tag,
            int wireLength,
            byte[] wire,
            boolean truncated,
            String sha256,
            JsonNode fields,
            JsonNode json) {

        public boolean isBanner() {
            return tag.equals("BANNER");
        }

        @Override
        public String toString() {
            return capture + " #" + index + " " + dir + " " + tag;
        }
    }

    /** Every connection, in crc and in secure mode. */
    public static Stream<Capture> all() {
        return NAMES.stream().map(CephVectors::capture);
    }

    /** @param mode {@code crc} or {@code secure} */
    public static Stream<Capture> ofMode(String mode) {
        return all().filter(capture -> capture.mode().equals(mode));
    }

    public static Capture capture(String name) {
        JsonNode json = json("ceph/" + name + ".json");
        List<RecordedFrame> frames = new ArrayList<>();
        for (JsonNode frame : json.get("frames")) {
            frames.add(new RecordedFrame(
                    name,
                    frames.size(),
                    frame.get("dir").asText(),
                    frame.get("tag").asText(),
                    frame.get("wire_len").asInt(),
                    HexFormat.of().parseHex(frame.get("wire").asText()),
                    frame.path("wire_truncated").asBoolean(),
                    frame.path("wire_sha256").asText(),
                    frame.get("fields"),
                    frame));
        }
        return new Capture(
                json.get("name").asText(),
                json.get("mode").asText(),
                json.get("client").asText(),
                json.get("server").asText(),
                List.copyOf(frames),
                json);
    }

    /** @param path below {@code vectors/} */
    public static JsonNode json(String path) {
        try {
            return JSON.readTree(bytes(path));
        } catch (IOException e) {
            throw new UncheckedIOException("vectors/" + path, e);
        }
    }

    /** @param path below {@code vectors/} */
    public static List<String> lines(String path) {
        return new String(bytes(path), StandardCharsets.UTF_8).lines().toList();
    }

    /** @param path below {@code vectors/} */
    public static byte[] bytes(String path) {
        try (InputStream in = CephVectors.class.getResourceAsStream("/vectors/" + path)) {
            if (in == null) {
                throw new FileNotFoundException("vectors/" + path + " is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
