package org.msgr2.confd.luxi.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import org.msgr2.confd.config.Network;
import org.msgr2.confd.config.NodeGroup;
import org.msgr2.confd.luxi.json.LuxiJson;

/** A network in a query. */
public final class NetworkItem extends Item {
    private final Network network;

    public NetworkItem(ClusterView view, Network network) {
        super(view, network);
        this.network = network;
    }

    public Network network() {
        return network;
    }

    public List<String> instances() {
        return view().instancesOf(network);
    }

    /** Of each group that is connected: its name, and mode, link and VLAN of its connection. */
    public ArrayNode groups() {
        ArrayNode groups = LuxiJson.NODES.arrayNode();
        for (NodeGroup group : view().config().groups().inKeyOrder()) {
            JsonNode connection = new GroupItem(view(), group).get("networks").path(network.key());
            if (connection.isObject()) {
                groups.addArray()
                        .add(group.name())
                        .add(connection.path("mode").asText(""))
                        .add(connection.path("link").asText(""))
                        .add(connection.path("vlan").asText(""));
            }
        }
        return groups;
    }

    public AddressPool pool() {
        return new AddressPool(
                get("network").asText(""),
                get("reservations").asText(""),
                get("ext_reservations").asText(""));
    }
}
