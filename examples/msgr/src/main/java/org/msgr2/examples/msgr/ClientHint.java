package org.msgr2.examples.msgr;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.wire.WireMode;
import org.msgr2.core.address.EntityAddr;

/** The commands by which a person who has just started a node can try it, to be pasted into a shell. */
final class ClientHint {
    private static final Pattern PLAIN = Pattern.compile("[\\w./:@%+,=-]+");
    private static final EntityAddr LOOPBACK = EntityAddr.parse("v2:127.0.0.1:0");
    private static final EntityAddr LOOPBACK6 = EntityAddr.parse("v2:[::1]:0");

    private ClientHint() {}

    /** In an order in which one may try them. */
    static List<String> of(Node node) {
        String msgr = command(System.getProperty("msgr.command"));
        return Stream.of(ping(node), confd(node))
                .flatMap(Optional::stream)
                .map(words -> msgr + " " + words)
                .toList();
    }

    /** Empty if there are no keys, or none for the administrator. */
    private static Optional<String> ping(Node node) {
        NodeKeyring keyring = node.security().keyring();
        if (keyring == null || !keyring.hasAdmin() || node.addresses().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                "ping " + admin(node, keyring) + " " + dialled(node.addresses().get(0)));
    }

    private static String admin(Node node, NodeKeyring keyring) {
        return "--name " + NodeKeyring.ADMIN + " --keyring "
                + quoted(keyring.file().toString()) + " --mode " + node.bestMode();
    }

    /** Over UDP if it answers there, otherwise over msgr2: what a peer without a key may do, or the administrator. */
    private static Optional<String> confd(Node node) {
        NodeConfd confd = node.confd();
        if (confd == null) {
            return Optional.empty();
        }
        NodeConfd.Udp udp = confd.udp();
        if (udp != null) {
            return node.frontEnds().stream()
                    .filter(frontEnd -> frontEnd.what().equals(FrontEnd.CONFD_UDP))
                    .findFirst()
                    .map(frontEnd -> "confd cluster-master --peer " + dialled(udp.addr(), frontEnd.address())
                            + " --key " + quoted(udp.key().toString())
                            + (udp.wire() == WireMode.V2_7 ? " --wire 2.7" : ""));
        }
        if (node.addresses().isEmpty()) {
            return Optional.empty();
        }
        String addr = " --node " + dialled(node.addresses().get(0));
        NodeKeyring keyring = node.security().keyring();
        if (keyring == null) {
            return Optional.of("confd ping --auth none" + addr);
        }
        return keyring.hasAdmin()
                ? Optional.of("confd cluster-master " + admin(node, keyring) + addr)
                : Optional.empty();
    }

    /** @param bound the address that was asked for, with the port that it got */
    private static String dialled(EntityAddr wanted, String bound) {
        if (!wanted.isBlankIp()) {
            return bound;
        }
        String port = bound.substring(bound.lastIndexOf(':'));
        return (wanted.ip().length == 4 ? "127.0.0.1" : "[::1]") + port;
    }

    /** Nobody dials the address that means all of a machine's. */
    private static String dialled(EntityAddr addr) {
        if (!addr.isBlankIp()) {
            return addr.toString();
        }
        byte[] loopback = addr.ip().length == 4 ? LOOPBACK.ip() : LOOPBACK6.ip();
        return EntityAddr.of(addr.type(), addr.nonce(), loopback, 0, addr.port())
                .toString();
    }

    /** @param launcher as it was called, wherever that was; null if this was started without it */
    static String command(@Nullable String launcher) {
        return launcher == null || launcher.isEmpty() ? "./msgr" : quoted(launcher);
    }

    private static String quoted(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
