package org.msgr2.core.address;

import io.netty.util.NetUtil;

/** The text form of addresses: {@code v2:10.0.0.1:3300/0}, {@code v2:[fe80::1%2]:3300/7}, {@code -}. */
final class EntityAddrText {
    private EntityAddrText() {}

    static String format(EntityAddr addr) {
        if (addr.type() == EntityAddr.Type.NONE && addr.family() == EntityAddr.FAMILY_NONE) {
            return EntityAddr.Type.NONE.toString();
        }
        return addr.type() + ":" + addr.host() + ":" + addr.port() + "/" + Integer.toUnsignedString(addr.nonce());
    }

    static EntityAddr parse(String text) {
        if (text.equals(EntityAddr.Type.NONE.toString())) {
            return EntityAddr.BLANK;
        }
        EntityAddr.Type type = EntityAddr.Type.MSGR2;
        String rest = text;
        for (EntityAddr.Type candidate : EntityAddr.Type.values()) {
            String prefix = candidate + ":";
            if (text.startsWith(prefix)) {
                type = candidate;
                rest = text.substring(prefix.length());
            }
        }
        int slash = rest.indexOf('/');
        int nonce = slash < 0 ? 0 : nonce(rest.substring(slash + 1), text);
        String endpoint = slash < 0 ? rest : rest.substring(0, slash);
        if (endpoint.equals("-:0")) {
            // A messenger that has not learned its own address yet may have a type and a nonce all the same.
            return EntityAddr.BLANK.withType(type).withNonce(nonce);
        }
        int colon = endpoint.lastIndexOf(':');
        String host = colon < 0 ? endpoint : endpoint.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (colon < 0 || endpoint.endsWith("]") || host.isEmpty() || (host.contains(":") && !bracketed)) {
            throw unparsable(text, "expected HOST:PORT, an IPv6 host in brackets");
        }
        int port = port(endpoint.substring(colon + 1), text);
        String literal = bracketed ? host.substring(1, host.length() - 1) : host;
        int percent = literal.indexOf('%');
        int scope = percent < 0 ? 0 : scope(literal.substring(percent + 1), text);
        byte[] ip = NetUtil.createByteArrayFromIpAddressString(percent < 0 ? literal : literal.substring(0, percent));
        if (ip == null || bracketed != (ip.length == 16)) {
            throw unparsable(text, "'" + literal + "' is no IP address (names are not resolved here)");
        }
        return EntityAddr.of(type, nonce, ip, scope, port);
    }

    private static int port(String digits, String text) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 0 && port <= 0xffff) {
                return port;
            }
        } catch (NumberFormatException e) {
            // falls through to the one message for both
        }
        throw unparsable(text, "port '" + digits + "' is not within 0..65535");
    }

    private static int nonce(String digits, String text) {
        try {
            return Integer.parseUnsignedInt(digits);
        } catch (NumberFormatException e) {
            throw unparsable(text, "nonce '" + digits + "' is not an unsigned 32-bit number");
        }
    }

    private static int scope(String digits, String text) {
        try {
            return Integer.parseUnsignedInt(digits);
        } catch (NumberFormatException e) {
            throw unparsable(text, "scope '" + digits + "' is not a number");
        }
    }

    private static IllegalArgumentException unparsable(String text, String why) {
        return new IllegalArgumentException(
                "cannot parse address '" + text + "': " + why + " (example: v2:127.0.0.1:3300/0)");
    }
}
