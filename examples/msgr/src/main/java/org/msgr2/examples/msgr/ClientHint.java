package org.msgr2.examples.msgr;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;

/** The command by which a person who has just started a node can try it, to be pasted into a shell. */
final class ClientHint {
    private static final Pattern PLAIN = Pattern.compile("[\\w./:@%+,=-]+");
    private static final EntityAddr LOOPBACK = EntityAddr.parse("v2:127.0.0.1:0");
    private static final EntityAddr LOOPBACK6 = EntityAddr.parse("v2:[::1]:0");

    private ClientHint() {}

    /** Empty if there are no keys, or none for the administrator. */
    static Optional<String> of(Node node) {
        NodeKeyring keyring = node.security().keyring();
        if (keyring == null || !keyring.hasAdmin() || node.addresses().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(command(System.getProperty("msgr.command")) + " ping --name " + NodeKeyring.ADMIN
                + " --keyring " + quoted(keyring.file().toString()) + " --mode " + node.bestMode() + " "
                + dialled(node.addresses().get(0)));
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
