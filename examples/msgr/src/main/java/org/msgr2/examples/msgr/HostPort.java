package org.msgr2.examples.msgr;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host, by name or address, and a port if one was said.
 *
 * @param port 0 if none was said
 */
record HostPort(String host, int port) {
    private static final int PORT_MAX = 65535;
    private static final Pattern TEXT = Pattern.compile("(?:\\[([^\\[\\]]+)]|([^\\[\\]:]+))(?::(\\d{1,5}))?");

    /**
     * {@code HOST} or {@code HOST:PORT}, an IPv6 HOST in brackets.
     *
     * @throws IllegalArgumentException with a message for a user
     */
    static HostPort parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no HOST[:PORT], an IPv6 HOST in brackets");
        }
        int port = parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3));
        if (port > PORT_MAX || (port == 0 && parts.group(3) != null)) {
            throw new IllegalArgumentException("'" + text + "': the port must be within 1.." + PORT_MAX);
        }
        return new HostPort(parts.group(1) == null ? parts.group(2) : parts.group(1), port);
    }

    InetSocketAddress resolve(int defaultPort) throws Failure {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port == 0 ? defaultPort : port);
        } catch (UnknownHostException e) {
            throw Failure.of("unknown host '" + host + "'", e);
        }
    }
}
