package org.msgr2.confd.luxi.view;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.Instance;
import org.msgr2.confd.config.Network;

/**
 * Which instances have a NIC in which network. Few clusters have networks and fewer ask for this, so the instances are
 * read through only when somebody does, once. Thread-safe.
 */
final class NetworkUse {
    private final ClusterConfig config;
    private volatile @Nullable Map<String, List<String>> byNetwork;

    NetworkUse(ClusterConfig config) {
        this.config = config;
    }

    /** In the order of the instances' keys, as the real daemon lists them. */
    List<String> instancesOf(Network network) {
        Map<String, List<String>> use = byNetwork;
        if (use == null) {
            use = collect();
            byNetwork = use;
        }
        return use.getOrDefault(network.key(), use.getOrDefault(network.name(), List.of()));
    }

    private Map<String, List<String>> collect() {
        Map<String, List<String>> use = new HashMap<>();
        for (Instance instance : config.instances().inKeyOrder()) {
            for (String network : networks(instance)) {
                use.computeIfAbsent(network, key -> new ArrayList<>()).add(instance.label());
            }
        }
        return use;
    }

    private static Set<String> networks(Instance instance) {
        if (instance.nics().isEmpty()) {
            return Set.of();
        }
        Set<String> found = new LinkedHashSet<>();
        try (JsonParser in = instance.json().parser()) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                boolean nics = in.currentName().equals("nics");
                in.nextToken();
                if (nics) {
                    readNics(in, found);
                } else {
                    in.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the instance was indexed as JSON", e);
        }
        return found;
    }

    /** From the start of the list to its end; a NIC's network is a string that is a direct member of the NIC. */
    private static void readNics(JsonParser in, Set<String> found) throws IOException {
        int depth = in.currentToken().isStructStart() ? 1 : 0;
        while (depth > 0) {
            JsonToken token = in.nextToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING && depth == 2 && "network".equals(in.currentName())) {
                found.add(in.getText());
            }
        }
    }
}
