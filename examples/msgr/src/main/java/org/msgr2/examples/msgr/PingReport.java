package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.feature.CephFeature;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.onwire.AeadProvider;
import org.msgr2.crypto.tls.Fingerprint;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.transport.TransportSecurity;

/** What {@code msgr ping} found out, for people and for programs. */
final class PingReport {
    /** An endless measurement keeps its first ones. */
    private static final int ROUND_TRIPS_MAX = 100_000;

    private final EntityName name;
    private final ConnectionInfo info;
    private final String transport;
    private final List<Duration> roundTrips = new ArrayList<>();

    /** @param name our own */
    PingReport(EntityName name, ConnectionInfo info, String transport) {
        this.name = name;
        this.info = info;
        this.transport = transport;
    }

    void add(Duration roundTrip) {
        if (roundTrips.size() < ROUND_TRIPS_MAX) {
            roundTrips.add(roundTrip);
        }
    }

    boolean isEmpty() {
        return roundTrips.isEmpty();
    }

    void printNegotiated(Terminal terminal) {
        Table table = new Table()
                .row("peer", info.peerName() + " at " + info.peerAddrs())
                .row("peer identity", identity())
                .row("ourselves", name + " at " + info.localAddrs())
                .row("protocol", info.revision() + ", mode " + info.mode() + ", over " + transport);
        if (info.mode() == ConnectionMode.SECURE) {
            table.row("encryption", AeadProvider.preferred().description());
        }
        if (info.tls() != null) {
            table.row("tls", info.tls());
        }
        table.row("peer's banner", info.peerBanner())
                .row("features", names(info.features()))
                .print(terminal);
    }

    private String identity() {
        return info.identity().authenticated()
                ? info.identity().name() + ", authenticated with "
                        + info.identity().method()
                : "only claimed (auth " + info.identity().method() + ")";
    }

    void printSummary(Terminal terminal) {
        List<Duration> sorted = roundTrips.stream().sorted().toList();
        terminal.line(
                "%d round trip%s: min %s, median %s, max %s",
                sorted.size(),
                sorted.size() == 1 ? "" : "s",
                millis(sorted.get(0)),
                millis(sorted.get(sorted.size() / 2)),
                millis(sorted.get(sorted.size() - 1)));
    }

    ObjectNode json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("peer_name", info.peerName().toString());
        addrs(root.putArray("peer_addrs"), info.peerAddrs());
        root.put("peer_authenticated", info.identity().authenticated());
        root.put("auth", info.identity().method().toString());
        root.put("local_name", name.toString());
        addrs(root.putArray("local_addrs"), info.localAddrs());
        root.put("revision", info.revision().toString());
        root.put("mode", info.mode().toString());
        if (info.mode() == ConnectionMode.SECURE) {
            root.put("aead", AeadProvider.preferred().description());
        }
        root.put("transport", transport);
        if (info.tls() != null) {
            root.set("tls", json(info.tls()));
        }
        root.put("peer_banner", info.peerBanner().toString());
        ArrayNode features = root.putArray("features");
        names(info.features()).forEach(features::add);
        root.put("features_hex", "0x" + Long.toHexString(info.features().bits()));
        ArrayNode all = root.putArray("round_trips_us");
        roundTrips.forEach(roundTrip -> all.add(micros(roundTrip)));
        List<Duration> sorted = roundTrips.stream().sorted().toList();
        root.put("min_us", micros(sorted.get(0)));
        root.put("median_us", micros(sorted.get(sorted.size() / 2)));
        root.put("max_us", micros(sorted.get(sorted.size() - 1)));
        return root;
    }

    private static ObjectNode json(TransportSecurity tls) {
        X509Certificate peer = tls.peerCertificate();
        return JsonNodeFactory.instance
                .objectNode()
                .put("protocol", tls.protocol())
                .put("cipher_suite", tls.cipherSuite())
                .put("peer_subject", tls.peerSubject())
                .put(
                        "peer_fingerprint",
                        peer == null ? null : Fingerprint.of(peer).toString());
    }

    private static void addrs(ArrayNode into, EntityAddrVec addrs) {
        addrs.addrs().forEach(each -> into.add(each.toString()));
    }

    private static List<String> names(CephFeatures features) {
        return Arrays.stream(CephFeature.values())
                .filter(features::has)
                .map(CephFeature::name)
                .toList();
    }

    static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.3f ms", duration.toNanos() / 1e6);
    }

    private static double micros(Duration duration) {
        return duration.toNanos() / 1e3;
    }
}
