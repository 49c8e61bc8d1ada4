package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.ConnectionListing;
import org.msgr2.session.ConnectionStats;
import org.msgr2.session.ConnectionTraffic;

/** A connection for programs: who, how, and how it is getting on. No secrets. */
final class ConnectionJson {
    private ConnectionJson() {}

    static ObjectNode of(ConnectionListing listing) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ConnectionInfo info = listing.info();
        ObjectNode peer = json.putObject("peer")
                .put("type", listing.peerType().toString())
                .put("address", listing.peerAddr().toString());
        json.put("state", listing.state().name().toLowerCase(Locale.ROOT))
                .put("policy", listing.policy().name())
                .put("ourselves", listing.ourselves());
        if (info != null) {
            agreed(json, peer, info);
        }
        ConnectionTraffic traffic = listing.traffic();
        ConnectionStats stats = listing.stats();
        json.put("queued_messages", listing.queuedMessages())
                .put("queued_bytes", listing.queuedBytes())
                .put("undispatched_messages", listing.undispatchedMessages())
                .put("reading_paused", listing.readingPaused())
                .put("received_messages", traffic.messagesReceived())
                .put("received_bytes", traffic.bytesReceived())
                .put("sent_messages", traffic.messagesSent())
                .put("sent_bytes", traffic.bytesSent())
                .put("replayed_messages", traffic.messagesReplayed())
                .put("attempts", stats.attempts())
                .put("established", stats.established())
                .put("remote_resets", stats.remoteResets());
        return json;
    }

    private static void agreed(ObjectNode json, ObjectNode peer, ConnectionInfo info) {
        peer.put("name", info.peerName().toString())
                .put("addresses", info.peerAddrs().toString())
                .put("entity", info.identity().name().toString())
                .put("auth", info.identity().method().toString().toLowerCase(Locale.ROOT));
        json.put("mode", info.mode().toString())
                .put("revision", info.revision().toString())
                .put("lossy", info.lossy())
                .put("local_addresses", info.localAddrs().toString())
                .put("banner_features", info.peerBanner().toString())
                .put("tls", info.tls() == null ? null : info.tls().toString());
        features(json.putArray("features"), info.features());
    }

    private static void features(ArrayNode names, CephFeatures features) {
        if (!features.isEmpty()) {
            for (String name : features.toString().split(", ", -1)) {
                names.add(name);
            }
        }
    }
}
