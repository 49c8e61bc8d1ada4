package org.msgr2.confd.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one link by IP address. Of two instances with one address the later in the order of keys counts, of
 * two NICs the later (spec/confd §4). Immutable and thread-safe.
 */
final class IpTable {
    static final IpTable EMPTY = new IpTable(Map.of());

    private final Map<String, Instance> byIp;
    private final List<String> ips;

    private IpTable(Map<String, Instance> byIp) {
        this.byIp = Map.copyOf(byIp);
        this.ips = byIp.keySet().stream().sorted().toList();
    }

    /** One table per link. */
    static Map<String, IpTable> of(List<Instance> inKeyOrder, String defaultLink) {
        Map<String, Map<String, Instance>> links = new HashMap<>();
        for (Instance instance : inKeyOrder) {
            for (Nic nic : instance.nics()) {
                if (nic.ip() != null) {
                    String link = nic.link() != null ? nic.link() : defaultLink;
                    links.computeIfAbsent(link, name -> new HashMap<>()).put(nic.ip(), instance);
                }
            }
        }
        Map<String, IpTable> tables = new HashMap<>();
        links.forEach((link, byIp) -> tables.put(link, new IpTable(byIp)));
        return tables;
    }

    @Nullable Instance instance(String ip) {
        return byIp.get(ip);
    }

    /** All addresses in the order of strings, not of numbers. */
    List<String> ips() {
        return ips;
    }
}
