package org.msgr2.examples.msgr;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;

/**
 * The value of {@code mon host}: monitors separated by commas, semicolons or spaces. Each is a vector in brackets, an address,
 * or a host with or without port. What names no type is v2, unless its port is that of msgr1; what names no port has that
 * of msgr2.
 */
final class MonHosts {
    private static final int MSGR2_PORT = 3300;
    private static final int LEGACY_PORT = 6789;

    private static final Pattern TYPED = Pattern.compile("(v1|v2|any):.*");
    private static final Pattern VECTOR = Pattern.compile("\\[(v1|v2|any):.*");
    private static final Pattern WITH_PORT = Pattern.compile("(\\[.*]|[^\\[\\]:]*):.*");
    /** An IP address, or something that is neither that nor a name: the parser knows how to complain. */
    private static final Pattern LITERAL = Pattern.compile("\\[.*]|[\\d.]+|.*:.*");

    private MonHosts() {}

    /** @throws IllegalArgumentException with a message for a user */
    static List<EntityAddrVec> parse(String value) {
        List<EntityAddrVec> monitors = new ArrayList<>();
        for (String entry : split(value)) {
            if (VECTOR.matcher(entry).matches()) {
                String inner = entry.endsWith("]") ? entry.substring(1, entry.length() - 1) : entry;
                List<EntityAddr> addrs = new ArrayList<>();
                for (String part : split(inner)) {
                    addrs.addAll(addrs(part));
                }
                monitors.add(new EntityAddrVec(addrs));
            } else {
                monitors.add(new EntityAddrVec(addrs(entry)));
            }
        }
        return monitors;
    }

    /** At separators outside of brackets. */
    private static List<String> split(String value) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        int depth = 0;
        for (char c : (value + ",").toCharArray()) {
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (depth <= 0 && (c == ',' || c == ';' || Character.isWhitespace(c))) {
                if (!part.isEmpty()) {
                    parts.add(part.toString());
                    part.setLength(0);
                }
            } else {
                part.append(c);
            }
        }
        if (!part.isEmpty()) {
            throw new IllegalArgumentException("missing ']' in '" + value.strip() + "'");
        }
        return parts;
    }

    private static List<EntityAddr> addrs(String entry) {
        boolean typed = TYPED.matcher(entry).matches();
        String type = typed ? entry.substring(0, entry.indexOf(':')) : "";
        String rest = typed ? entry.substring(entry.indexOf(':') + 1) : entry;
        boolean withPort = WITH_PORT.matcher(rest).matches();
        int defaultPort = type.equals("v1") ? LEGACY_PORT : MSGR2_PORT;
        String endpoint = withPort ? rest : rest + ":" + defaultPort;
        String host = endpoint.substring(0, endpoint.lastIndexOf(':'));
        List<EntityAddr> addrs = new ArrayList<>();
        for (String ip : LITERAL.matcher(host).matches() ? List.of(host) : resolve(host)) {
            EntityAddr addr = EntityAddr.parse(ip + endpoint.substring(host.length()));
            boolean legacy = type.equals("v1") || (!typed && addr.port() == LEGACY_PORT);
            addrs.add(addr.withType(legacy ? EntityAddr.Type.LEGACY : EntityAddr.Type.MSGR2));
        }
        return addrs;
    }

    private static List<String> resolve(String host) {
        try {
            List<String> literals = new ArrayList<>();
            for (InetAddress address : InetAddress.getAllByName(host)) {
                String literal = address.getHostAddress();
                literals.add(literal.contains(":") ? "[" + literal + "]" : literal);
            }
            return literals;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("unknown host '" + host + "'", e);
        }
    }
}
