package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;

/** Finds a daemon that is up, by the real maps of its cluster. */
final class DaemonAddress {

    private static final ObjectMapper JSON = new ObjectMapper();

    private DaemonAddress() {}

    /** The msgr2 address, with its nonce, of one daemon of that kind; empty if the cluster has none. */
    static Optional<EntityAddr> of(CephCluster ceph, EntityType type) throws IOException {
        return switch (type) {
            case MON -> ceph.monAddresses().stream().map(EntityAddr::parse).findFirst();
            case OSD -> osd(ceph);
            case MGR -> msgr2(json(ceph, "mgr", "dump").at("/active_addrs/addrvec"));
            case MDS -> mds(ceph);
            default -> throw new IllegalArgumentException("no kind of daemon: " + type);
        };
    }

    private static Optional<EntityAddr> osd(CephCluster ceph) throws IOException {
        for (JsonNode osd : json(ceph, "osd", "dump").path("osds")) {
            if (osd.path("up").asInt() == 1) {
                return msgr2(osd.at("/public_addrs/addrvec"));
            }
        }
        return Optional.empty();
    }

    private static Optional<EntityAddr> mds(CephCluster ceph) throws IOException {
        for (JsonNode mds : json(ceph, "mds", "metadata")) {
            if (mds.has("addr")) {
                return Optional.of(
                        EntityAddrVec.parse(mds.path("addr").asText()).msgr2());
            }
        }
        return Optional.empty();
    }

    private static Optional<EntityAddr> msgr2(JsonNode addrvec) {
        for (JsonNode addr : addrvec) {
            if (addr.path("type").asText().equals("v2")) {
                return Optional.of(EntityAddr.parse("v2:" + addr.path("addr").asText() + "/"
                        + addr.path("nonce").asText()));
            }
        }
        return Optional.empty();
    }

    private static JsonNode json(CephCluster ceph, String... command) throws IOException {
        return JSON.readTree(ceph.ceph(
                Stream.concat(Stream.of(command), Stream.of("--format", "json")).toArray(String[]::new)));
    }
}
